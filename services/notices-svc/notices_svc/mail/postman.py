"""Who brings the pointers to the mail server, outside of any transaction, one claim at a time."""

import asyncio
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy import exists, select

from chassis import machine_time, metrics
from chassis.actor import Actor
from chassis.database import Database, Fence, Session
from notices_svc.mail.pointer import WAITING, Pointer
from notices_svc.mail.server import MailServer, MailServerAway, Outcome
from notices_svc.mail.use_cases import Addressed, claim, claimed

AWAY = timedelta(minutes=1)
"""How long a server that cannot be reached is left alone."""

log = structlog.get_logger()


class Postman:
    """Hands over what waits. One round runs at a time in a worker; several workers never take the same pointer."""

    def __init__(self, database: Database, server: MailServer) -> None:
        self._database, self._server = database, server
        self._round: asyncio.Task[None] | None = None
        self._away_until: datetime | None = None

    async def set_out(self, session: Session) -> int:
        """Start a round when something waits and none is under way (for a sweep); returns 0, it moved nothing yet."""
        now = machine_time.now()
        if (self._round and not self._round.done()) or (self._away_until and now < self._away_until):
            return 0
        waits = exists().where(Pointer.state == WAITING, Pointer.next_try_at <= now)
        if await session.scalar(select(waits)):
            self._round = asyncio.create_task(self.go_round(), name="hand over e-mail")
        return 0

    async def go_round(self) -> None:
        """Hand over everything that waits; while the server is away nothing is claimed, and nothing counts as a try."""
        self._away_until = None
        try:
            while await self._hand_over_next():
                pass
        except MailServerAway as problem:
            self._away_until = machine_time.now() + AWAY
            log.warning("the mail server is away; e-mail waits", error=str(problem))
        except Exception:
            log.exception("a round of e-mail failed; the sweep starts another")
        finally:
            self._server.close()

    async def close(self) -> None:
        """End the round under way; what it was sending is marked as unknown when its claim runs out."""
        if self._round is not None:
            self._round.cancel()
            with suppress(asyncio.CancelledError):
                await self._round
        self._server.close()

    async def _hand_over_next(self) -> bool:
        """Hand over one pointer and record how it ended. Returns whether there was one. Raises `MailServerAway`."""
        await self._server.reach()
        async with self._writing() as session:
            taken = await claim(session, machine_time.now())
        if isinstance(taken, Addressed):
            outcome = await self._server.hand_over(taken.pointer_id, taken.email)
            async with self._writing() as session:
                _record(await claimed(session, taken.pointer_id), outcome)
            metrics.MAIL_TRIED.labels(outcome=outcome.what).inc()
        return taken is not None

    def _writing(self) -> AbstractAsyncContextManager[Session]:
        return self._database.writing(Fence.system(), Actor.system("notices-postman"))


def _record(pointer: Pointer, outcome: Outcome) -> None:
    match outcome.what:
        case "handed-over":
            pointer.hand_over(machine_time.now())
        case "put-off":
            pointer.put_off(outcome.problem, machine_time.now())
        case "refused":
            pointer.refuse(outcome.problem)
        case "could-not-tell":
            pointer.lose_sight()
