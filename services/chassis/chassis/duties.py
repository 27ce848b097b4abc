"""Separation of duties: what somebody may not do because of what this same person did before.

A service names its rule once, beside the aggregate it protects, in the words of the program:

    APPROVER_IS_NOT_DRAFTER = AnotherPersonThan(
        "notice.draft", "notice.edit", sentence="You drafted this notice. Somebody else must approve it."
    )

and the use case asks for it, after it has loaded the aggregate FOR UPDATE and before it decides:

    notice = await session.get_one(Notice, notice_id, with_for_update=True)
    await APPROVER_IS_NOT_DRAFTER.require(session, Entity("notice", notice.id))
    notice.approve(session.actor, session.at)

Judged is the person, not the account's role, its organization or its session: somebody who changed roles since is still
the same person. What a person did is what the audit trail says: `actions` are the ones the aggregate audits itself with
(`self.audit("notice.draft", …)`), also those of the transaction under way. A case may span several entities: name them
all, in one `require`. A machine or a worker is nobody in particular and passes no rule that speaks of persons.

    AnotherPersonThan   who did one of these actions on the case may not do this         "somebody-else-must"
    Stranger            who did anything at all on the case may not do this              "stranger-needed"
    WithTicket          done only with a help desk ticket in hand                        "ticket-needed"

The second column is the slug of the problem, which an edge answers with 403; the sentence is the rule's own. A view
that lists `allowed_actions` asks `broken_by` instead, which raises nothing.

Nobody who serves people may read the audit trail. The rules ask a function of the database that answers yes or no,
nothing else; the service's migration makes it with `create_duties(op, service)`. It knows the audit trail of its own
service only: what somebody did to the case in another service must have left an audit row of that person here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotAllowed
from chassis.fences import MigrationOperations, role
from chassis.ids import Entity
from chassis.recording import AuditEntry

_HAS_ACTED = text(
    "select has_acted(:person_id, cast(:entities as text[]), cast(:ids as text[]), cast(:actions as text[]), "
    "cast(:before as timestamptz))"
)


class SomebodyElseMust(NotAllowed):
    """You had a hand in this. Somebody else must do it."""


class StrangerNeeded(NotAllowed):
    """You have worked on this case. Somebody who has not must do this."""


class TicketNeeded(NotAllowed):
    """Take a help desk ticket in hand first: everything done for somebody else is done under a ticket."""


@dataclass(frozen=True, init=False)
class AnotherPersonThan:
    """Only somebody who has done none of these actions on the case: four eyes."""

    actions: tuple[str, ...]
    sentence: str

    def __init__(self, *actions: str, sentence: str) -> None:
        """Take the actions as the aggregate audits them (`notice.draft`), and what to tell who did one of them."""
        object.__setattr__(self, "actions", actions)
        object.__setattr__(self, "sentence", sentence)

    async def require(self, session: Session, *case: Entity) -> None:
        """Raise `SomebodyElseMust` when who acts in this transaction did one of the actions on the case."""
        if await self.broken_by(session.actor, session, *case):
            raise SomebodyElseMust(self.sentence)

    async def broken_by(self, actor: Actor, session: Session | ReadSession, *case: Entity) -> bool:
        """Whether this actor would be refused."""
        return await _had_a_hand_in(actor, session, case, actions=self.actions)


@dataclass(frozen=True)
class Stranger:
    """Only somebody who has never acted on the case, by whatever action."""

    sentence: str

    async def require(self, session: Session, *case: Entity, before: datetime | None = None) -> None:
        """Raise `StrangerNeeded` when who acts in this transaction has acted on the case.

        `before` is the program time from which on acting no longer counts: a hearing officer, say, is a stranger to
        what happened before the hearing was asked for, and acts on the case ever after.
        """
        if await self.broken_by(session.actor, session, *case, before=before):
            raise StrangerNeeded(self.sentence)

    async def broken_by(
        self, actor: Actor, session: Session | ReadSession, *case: Entity, before: datetime | None = None
    ) -> bool:
        """Whether this actor would be refused."""
        return await _had_a_hand_in(actor, session, case, before=before)


@dataclass(frozen=True)
class WithTicket:
    """Only with a help desk ticket in hand.

    Permissions of rows `with_ticket` in the role table are in no token without a ticket; this rule is for routes that
    others use too, such as the removal of a role by its holder. Every audit row of an actor with a ticket names it.
    """

    sentence: str

    async def require(self, session: Session, *case: Entity) -> None:
        """Raise `TicketNeeded` unless who acts in this transaction has a ticket in hand."""
        if await self.broken_by(session.actor, session, *case):
            raise TicketNeeded(self.sentence)

    async def broken_by(self, actor: Actor, _session: Session | ReadSession, *_case: Entity) -> bool:
        """Whether this actor would be refused."""
        return actor.ticket_id is None


def create_duties(op: MigrationOperations, service: str) -> None:
    """Make the function behind the rules, in a migration of a service that uses them; `service` is the short name."""
    op.execute(
        """
        create or replace function has_acted(
            who uuid, entities text[], ids text[], actions text[], earlier_than timestamptz
        ) returns boolean language sql stable security definer set search_path = pg_catalog as $$
            select exists (
                select from public.audit
                join unnest(entities, ids) as part(entity, id)
                  on audit.entity = part.entity and audit.entity_id = part.id
                where audit.person_id = who
                  and (actions is null or audit.action = any(actions))
                  and (earlier_than is null or audit.at < earlier_than)
            )
        $$
        """
    )
    signature = "has_acted(uuid, text[], text[], text[], timestamptz)"
    roles = ", ".join(role(service, kind) for kind in ("org", "staff", "system"))
    op.execute(f"revoke execute on function {signature} from public")
    op.execute(f"grant execute on function {signature} to {roles}")


async def _had_a_hand_in(
    actor: Actor,
    session: Session | ReadSession,
    case: Sequence[Entity],
    *,
    actions: Sequence[str] | None = None,
    before: datetime | None = None,
) -> bool:
    if not case:
        raise ValueError("A rule about a case must be told the entities of the case.")
    if actor.person_id is None:
        return True
    if isinstance(session, Session) and actor == session.actor and (before is None or session.at < before):
        await session.flush()
        if any(_is_about(entry, case) and _is_one_of(entry, actions) for entry in session.recording.audited):
            return True
    asked = {
        "person_id": actor.person_id,
        "entities": [part.name for part in case],
        "ids": [str(part.id) for part in case],
        "actions": None if actions is None else list(actions),
        "before": before,
    }
    return bool(await session.scalar(_HAS_ACTED, asked))


def _is_about(entry: AuditEntry, case: Sequence[Entity]) -> bool:
    return any((entry.entity, entry.entity_id) == (part.name, str(part.id)) for part in case)


def _is_one_of(entry: AuditEntry, actions: Sequence[str] | None) -> bool:
    return actions is None or entry.action in actions
