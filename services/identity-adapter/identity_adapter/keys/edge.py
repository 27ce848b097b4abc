from typing import Any

from fastapi import Response
from pydantic import BaseModel

from chassis.door import PUBLIC, ReadingSession, SliceRouter
from identity_adapter.keys.token_keys import usable_keys

router = SliceRouter(prefix="/api/identity/.well-known", tags=["keys"])
NOT_LONG = "public, max-age=5"


class JwkSet(BaseModel):
    """The keys tokens are signed with (RFC 7517), those to come included."""

    keys: list[dict[str, Any]]


@router.get("/jwks.json", permission=PUBLIC)
async def read_keys(session: ReadingSession, response: Response) -> JwkSet:
    """Read the public keys that a token in force may be signed with."""
    response.headers["Cache-Control"] = NOT_LONG
    return JwkSet(keys=[key.jwk() for key in await usable_keys(session)])
