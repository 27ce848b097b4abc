"""What every service says about its sealed audit: the heads that make a change of the past visible from outside."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from events.envelope import Event, Instant
from events.kinds import CompactJws, Sha256
from events.signing_keys import KeyPublished

HEADS = "connexion.audit.heads"


class BatchSealed(Event):
    """A batch of audit rows was sealed and its head chained to the one before.

    Said by every service about its own audit, some seconds after the rows were written. Heard by the verify command,
    which compares it with the database and names the first row that differs. `rows` are the ids of the batch with the
    digest of each row, in order; `previous_head` is None for a service's first batch; `signature` is over the head,
    with a key that is not in the database.
    """

    TYPE: ClassVar[str] = "connexion.audit.batch-sealed.v1"
    TOPIC: ClassVar[str] = HEADS
    KEY: ClassVar[str] = "service"

    service: str
    batch: Annotated[int, Field(ge=1, description="Counts from 1 in each service, without gaps.")]
    previous_head: Sha256 | None
    head: Sha256
    sealed_at: Instant
    signature: CompactJws
    rows: Annotated[tuple[tuple[UUID, Sha256], ...], Field(min_length=1, max_length=1000)]


class SigningKeyPublished(KeyPublished):
    """A key that signs a service's audit heads was made, or retired.

    Said by every service about its own key before it signs its first head. Heard by the verify command.
    """

    TYPE: ClassVar[str] = "connexion.audit.signing-key-published.v1"
    TOPIC: ClassVar[str] = HEADS
    KEY: ClassVar[str] = "service"
    SUBJECT: ClassVar[str] = "kid"

    service: str
    use: Literal["audit"] = "audit"


EVENTS = (BatchSealed, SigningKeyPublished)
