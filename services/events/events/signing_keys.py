"""Public keys travel as events, so that every service verifies signatures from its own database."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from events.envelope import Event, Instant, Part


class PublicJwk(Part):
    """A public key for ES256 as a JSON Web Key (RFC 7517)."""

    kty: Literal["EC"] = "EC"
    crv: Literal["P-256"] = "P-256"
    x: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
    y: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class KeyPublished(Event):
    """The shape that every published key shares; not an event by itself.

    A retired key is said again with its `not_after` and stays published for ever: what it signed while it was in
    force stays verifiable.
    """

    KEY: ClassVar[str] = "kid"

    kid: str
    public_jwk: PublicJwk
    not_before: Instant
    not_after: Instant | None = None
