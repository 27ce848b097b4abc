"""The keys that sign platform tokens: read from files, published by event before they sign, rotated with overlap."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select, text

from chassis import machine_time
from chassis.database import ReadSession, Session
from chassis.key_ring import KeyRing
from chassis.signing import PublicKey, SigningKey
from chassis.tables import signing_key
from chassis.tokens import LEEWAY, TOKEN_LIFE
from chassis.trust import note_key
from events.identity import SigningKeyPublished
from events.signing_keys import PublicJwk

USE = "token"
ISSUER = "identity"
LOOK_AGAIN_SECONDS = 15.0
_ONE_PUBLISHES = text("select pg_advisory_xact_lock(hashtext('connexion token keys'))")


class TokenKeys:
    """The key ring of tokens. Private keys stay in their files; `look_again` notices new ones while we run."""

    def __init__(self, path: Path) -> None:
        """Take a folder of keys, or one PEM file. Raises FileNotFoundError or ValueError."""
        self._path = path
        self.ring = KeyRing.load(path)

    def look_again(self) -> bool:
        """Read the files again, because operators add keys to the folder; return whether anything changed."""
        before, self.ring = self.ring, KeyRing.load(self._path)
        return _dates(before) != _dates(self.ring)

    def current(self) -> SigningKey:
        """Return the key that signs now."""
        return self.ring.current()


async def publish_keys(session: Session, ring: KeyRing) -> list[str]:
    """Say every key of the ring that was not said yet, or whose end was not; return their ids.

    Edges and workers all do this at start; one does it at a time, and the others find nothing left to say.
    """
    await session.execute(_ONE_PUBLISHES)
    rows = await session.execute(select(signing_key.c.kid, signing_key.c.not_after).where(signing_key.c.use == USE))
    known: dict[str, datetime | None] = {row.kid: row.not_after for row in rows}
    said = []
    for key in ring.public_keys():
        if key.kid in known and known[key.kid] == key.not_after:
            continue
        public = PublicJwk.model_validate(key.key.as_dict(private=False))
        await note_key(
            session,
            kid=key.kid,
            use=USE,
            issuer=ISSUER,
            public_jwk=public.model_dump(),
            not_before=key.not_before,
            not_after=key.not_after,
        )
        session.say(
            SigningKeyPublished(
                kid=key.kid,
                public_jwk=public,
                not_before=key.not_before,
                not_after=key.not_after,
            )
        )
        session.audit("signing-key.publish", key.kid, after={"not_before": key.not_before, "not_after": key.not_after})
        said.append(key.kid)
    return said


async def usable_keys(session: ReadSession, at: datetime | None = None) -> list[PublicKey]:
    """Return the published keys a token in force may be signed with: current, coming, and just retired."""
    died = (at or machine_time.now()) - TOKEN_LIFE - LEEWAY
    rows = await session.execute(
        select(signing_key.c.public_jwk, signing_key.c.not_before, signing_key.c.not_after)
        .where(signing_key.c.use == USE, signing_key.c.not_after.is_(None) | (signing_key.c.not_after > died))
        .order_by(signing_key.c.not_before)
    )
    keys = []
    for row in rows:
        key = PublicKey.read(row.public_jwk)
        keys.append(PublicKey(key.kid, key.key, row.not_before, row.not_after))
    return keys


def _dates(ring: KeyRing) -> list[tuple[str, datetime, datetime | None]]:
    return [(key.kid, key.not_before, key.not_after) for key in ring.public_keys()]
