from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.actor import Actor
from chassis.database import Database, Fence, ReadSession, Session
from chassis.key_ring import KeyRing
from chassis.signing import PublicKey
from chassis.tables import signing_key
from events.documents import SigningKeyPublished
from events.signing_keys import PublicJwk

SERVICE = "documents"
USE = "receipt"


async def publish_keys(database: Database, keys: KeyRing) -> None:
    """Say every receipt key that is new, or whose end has been set. May be repeated, by several processes at once."""
    async with database.writing(Fence.system(), Actor.system("documents-keys")) as session:
        for key in keys.public_keys():
            if await _is_news(session, key):
                session.say(
                    SigningKeyPublished(
                        kid=key.kid,
                        public_jwk=PublicJwk.model_validate(key.jwk()),
                        not_before=key.not_before,
                        not_after=key.not_after,
                    )
                )
                session.audit("receipt_key.publish", key.kid, after={"not_after": _text(key.not_after)})


async def published_keys(session: ReadSession | Session) -> Sequence[PublicKey]:
    """Return every key that ever signed receipts, or will; oldest first."""
    mine = (signing_key.c.use == USE) & (signing_key.c.issuer == SERVICE)
    rows = await session.execute(select(signing_key).where(mine).order_by(signing_key.c.not_before))
    return [
        PublicKey.read({**row.public_jwk, "not_before": row.not_before.isoformat(), "not_after": _text(row.not_after)})
        for row in rows
    ]


async def _is_news(session: Session, key: PublicKey) -> bool:
    values = {
        "kid": key.kid,
        "use": USE,
        "issuer": SERVICE,
        "public_jwk": {name: value for name, value in key.jwk().items() if name in PublicJwk.model_fields},
        "not_before": key.not_before,
        "not_after": key.not_after,
    }
    made = insert(signing_key).values(values).on_conflict_do_nothing().returning(signing_key.c.kid)
    if await session.scalar(made):
        return True
    ended = (
        update(signing_key)
        .where(signing_key.c.kid == key.kid, signing_key.c.not_after.is_distinct_from(key.not_after))
        .values(not_after=key.not_after)
        .returning(signing_key.c.kid)
    )
    return await session.scalar(ended) is not None


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
