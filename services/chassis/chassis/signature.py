"""Signing a statement: who certified which words, when, from where, about which content. Kept for ever, never changed.

The words are data beside the slice that needs them. Whoever changes the text raises the version:

    FORM_CERTIFICATION = Statement("form-certification", 3, "I certify that …", needs_name=True)

A page shows `FORM_CERTIFICATION.view` and sends back what the person typed, and which statement it showed:

    class NewForm(BaseModel):
        content: Content
        signature: Typed

The use case checks the signature and keeps it, in the transaction that does what was signed:

    @router.post("", permission="form.submit", status_code=201)
    async def submit(body: NewForm, session: WritingSession, signer: CurrentSigner) -> FormView:
        form = Form.submit(body.content, session.at)
        session.add(form)
        await sign(session, signer, FORM_CERTIFICATION, body.signature,
                   subject=Entity("form", form.id), content_sha256=form.sha256)

Where the content is known only later (an upload certified before its bytes come), check at once with
`Statement.certify`, keep the `Certificate` as JSON with the thing, and `keep` it once the digest is known.

It is refused, in this order, when

    the last sign-in is longer ago than the statement allows      403  sign-in-again
    the user id typed is somebody else's                          422  certified-by-another-person
    its letters only look like those of the user id               422  certified-with-look-alikes
    the statement asks for the name, and it is another one        422  name-does-not-match
    another statement, or an older version of it, was shown       422  statement-not-current

`sign-in-again` is no dead end: a page keeps what was typed as a draft and leads through a sign-in to where it was.

A service that keeps signatures says so in three lines: `keep_signatures(Base.metadata)` in its `base.py`, and
`create_signatures(op, "<service>")` in a migration. Its table `signature` can be added to and read, by nobody changed
or emptied; an organization sees its own.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Column, DateTime, Index, MetaData, Table, Text, Uuid, insert

from chassis import machine_time, program_time
from chassis.actor import Actor
from chassis.database import Session
from chassis.door import actor_of
from chassis.errors import Invalid, NotAllowed
from chassis.fences import MigrationOperations, fence_table
from chassis.ids import Entity, new_id
from chassis.tables import NAMING


class SignInAgain(NotAllowed):
    """Sign in again to certify this; what you typed is kept."""


class StatementNotCurrent(Invalid):
    """The statement has changed since the page was loaded. Load the page again and read what you certify."""


class CertifiedByAnotherPerson(Invalid):
    """Certify with the user ID you signed in with."""


class CertifiedWithLookAlikes(Invalid):
    """The user ID contains letters that only look like those of yours. Type it on your keyboard."""


class NameDoesNotMatch(Invalid):
    """Type your first and last name as they stand in your profile."""


class Typed(BaseModel):
    """What a person typed under a statement, and the name of the statement that was shown (`Statement.name`).

    Nothing of it is checked yet. It may stand in the body of a request as it is.
    """

    certified_by: str = Field(description="your own user ID")
    statement: str = Field(description="which statement was shown, as `upload-certification/1`")
    given_name: str = Field("", description="your first name, where the statement asks for it")
    family_name: str = Field("", description="your last name, where the statement asks for it")


class StatementView(BaseModel):
    """A statement to show: its words, the name to send back with what was typed, and whether it asks for the name."""

    statement: str
    text: str
    needs_name: bool


@dataclass(frozen=True)
class Signer:
    """Who signs, as the request tells: the actor, the address it came from, and when it came."""

    actor: Actor
    address: str | None
    at: datetime
    machine_at: datetime

    @classmethod
    def of(cls, request: Request) -> "Signer":
        """Read a request. Its address is the one the gateway writes down, which takes nobody's word for it."""
        forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        peer = request.client.host if request.client else None
        return cls(actor_of(request), forwarded or peer, program_time.now(), machine_time.now())


async def _signer(request: Request) -> Signer:
    return Signer.of(request)


CurrentSigner = Annotated[Signer, Depends(_signer)]
"""The signer of the request, as a parameter of a route."""


class Certificate(BaseModel):
    """A statement that was certified: checked, and good. It becomes a signature once it is kept with its content."""

    model_config = ConfigDict(frozen=True)

    statement: str
    statement_text: str
    statement_sha256: str
    organization_id: UUID | None
    person_id: UUID
    user_id: str
    given_name: str | None
    family_name: str | None
    signed_at: datetime
    machine_at: datetime
    address: str | None
    session_id: UUID | None
    token_id: str


@dataclass(frozen=True)
class Statement:
    """The words a person certifies. `code` and `version` name them for good: another text is another version.

    `needs_name` asks for first and last name beside the user id. `sign_in_within` is how young the sign-in must be.
    """

    code: str
    version: int
    text: str
    needs_name: bool = False
    sign_in_within: timedelta = timedelta(minutes=15)

    @property
    def name(self) -> str:
        """How requests, signatures and the audit trail call it: `upload-certification/1`."""
        return f"{self.code}/{self.version}"

    @property
    def sha256(self) -> str:
        """The digest of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def view(self) -> StatementView:
        """The statement as an API tells it."""
        return StatementView(statement=self.name, text=self.text, needs_name=self.needs_name)

    def require_recent_sign_in(self, signer: Signer) -> None:
        """Raise `SignInAgain` when the last sign-in is too long ago, or nobody knows when it was."""
        signed_in_at = signer.actor.signed_in_at
        if signed_in_at is None or signer.machine_at - signed_in_at >= self.sign_in_within:
            minutes = self.sign_in_within // timedelta(minutes=1)
            raise SignInAgain(
                f"Certifying asks for a sign-in of the last {minutes} minutes. Sign in again; what you typed is kept."
            )

    def certify(self, signer: Signer, typed: Typed) -> Certificate:
        """Check what was typed and return the certificate, to keep with the content.

        Raises `SignInAgain`, `CertifiedByAnotherPerson`, `CertifiedWithLookAlikes`, `NameDoesNotMatch` or
        `StatementNotCurrent`; NotAllowed when a machine or a worker tries.
        """
        self.require_recent_sign_in(signer)
        actor = signer.actor
        if actor.person_id is None:
            raise NotAllowed
        _require_own_user_id(typed.certified_by, actor)
        if self.needs_name:
            _require_own_name(typed, actor)
        if typed.statement != self.name:
            raise StatementNotCurrent(field="statement")
        return Certificate(
            statement=self.name,
            statement_text=self.text,
            statement_sha256=self.sha256,
            organization_id=actor.organization_id,
            person_id=actor.person_id,
            user_id=actor.user_id,
            given_name=_tidy(typed.given_name) if self.needs_name else None,
            family_name=_tidy(typed.family_name) if self.needs_name else None,
            signed_at=signer.at,
            machine_at=signer.machine_at,
            address=signer.address,
            session_id=actor.session_id,
            token_id=actor.token_id,
        )


async def sign(
    session: Session, signer: Signer, statement: Statement, typed: Typed, *, subject: Entity, content_sha256: str
) -> UUID:
    """Check what was typed under a statement, keep the signature, and return its id.

    `subject` is what was signed for, `content_sha256` the digest of the content as the signer sent it (64 hexadecimal
    digits). Raises what `Statement.certify` raises; then nothing is kept.
    """
    return await keep(session, statement.certify(signer, typed), subject=subject, content_sha256=content_sha256)


async def keep(session: Session, certificate: Certificate, *, subject: Entity, content_sha256: str) -> UUID:
    """Keep a certificate with the content it is about, and return the signature's id.

    The audit trail tells it too, as `<subject>.sign`: what is sealed there cannot be changed unseen in the table.
    """
    signature_id = new_id()
    about = {"subject": subject.name, "subject_id": str(subject.id), "content_sha256": content_sha256}
    await session.execute(insert(_signature).values(id=signature_id, **about, **certificate.model_dump()))
    told = {
        "signature": str(signature_id),
        "statement": certificate.statement,
        "statement_sha256": certificate.statement_sha256,
        "content_sha256": content_sha256,
        "certified_by": certificate.user_id,
        "signed_at": certificate.signed_at.isoformat(),
    }
    session.audit(f"{subject.name}.sign", subject.id, after=told)
    return signature_id


def keep_signatures(metadata: MetaData) -> Table:
    """Add the table of signatures to a service's own tables (in `base.py`)."""
    return _signature.to_metadata(metadata)


def create_signatures(op: MigrationOperations, service: str) -> None:
    """Make the table of signatures, in a migration of a service that keeps them; `service` is the short name."""
    _signature.create(op.get_bind())
    insert_and_read = "select, insert"
    fence_table(op, service, "signature", org=insert_and_read, staff=insert_and_read, system=insert_and_read)


_TIME = DateTime(timezone=True)
_signature = Table(
    "signature",
    MetaData(naming_convention=NAMING),
    Column("id", Uuid, primary_key=True),
    Column("organization_id", Uuid, comment="whom the signer acted for; null: inside the program"),
    Column("person_id", Uuid, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("given_name", Text, comment="as typed, where the statement asks for it"),
    Column("family_name", Text, comment="as typed, where the statement asks for it"),
    Column("statement", Text, nullable=False, comment="<code>/<version>"),
    Column("statement_text", Text, nullable=False),
    Column("statement_sha256", Text, nullable=False),
    Column("signed_at", _TIME, nullable=False, comment="program time"),
    Column("machine_at", _TIME, nullable=False),
    Column("address", Text, comment="where the request came from"),
    Column("session_id", Uuid),
    Column("token_id", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="the entity it was signed for"),
    Column("subject_id", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),
)
Index("signature_subject_idx", _signature.c.subject, _signature.c.subject_id)


def _require_own_user_id(typed: str, actor: Actor) -> None:
    """Let the actor's own user id pass, in any case."""
    given = typed.strip()
    if not given.isascii() and actor.user_id.isascii():
        raise CertifiedWithLookAlikes(field="certified_by")
    if given.casefold() != actor.user_id.casefold():
        raise CertifiedByAnotherPerson(field="certified_by")


def _require_own_name(typed: Typed, actor: Actor) -> None:
    given, family = _tidy(typed.given_name), _tidy(typed.family_name)
    if not (given and family):
        raise NameDoesNotMatch(field="family_name" if given else "given_name")
    if f"{given} {family}".casefold() != _tidy(actor.name).casefold():
        raise NameDoesNotMatch(field="given_name")


def _tidy(name: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", name)).strip()
