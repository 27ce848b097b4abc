"""What whoever opened a chat does: open it, or leave a message where nobody answers; say something; end it.

Each works behind the fence of that one chat: its id takes the place of the organization.
"""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from notices_svc.chat.chat import ASKED, QUEUED, Chat, Lasts, digest
from notices_svc.chat.hours import opening_at, other_hours
from notices_svc.chat.limits import TooManyMessages
from notices_svc.chat.masking import mask
from notices_svc.chat.messages import ChatMessage, Said
from notices_svc.chat.people import Known, PreChatForm
from notices_svc.chat.talking import already_said, locked, said_since, say

MINUTE = 60


async def open_chat(
    session: Session, form: PreChatForm, account: Actor | None, *, has_room: bool, lasts: Lasts
) -> Chat:
    """Open the chat of a form, or take its question as a message where nobody answers now.

    The same form again returns the chat that it opened. `account` is whoever is signed in; `has_room`: whether the
    queue takes one more.
    """
    known = await session.get(Chat, form.chat_id, with_for_update=True)
    if known is not None:
        return known
    if not await _insert(session, form, account):  # the same form was under way, and has come through
        return await locked(session, form.chat_id)
    chat = await locked(session, form.chat_id)
    say(session, chat, Said.VISITOR, masked=mask(form.question), key="question")
    opening = opening_at(session.at, await other_hours(session, session.at))
    if opening.is_open and has_room:
        chat.queue(session.at, lasts)
    else:
        chat.leave(session.at)
    return chat


async def my_chat(session: Session | ReadSession, known: Known, *, for_update: bool = False) -> Chat:
    """Return the chat of a token. Raises `NotFound`, also where the token is another one."""
    chat = await session.get(Chat, known.chat_id, with_for_update=for_update or None)
    if chat is None or not chat.is_known_by(known.secret):
        raise NotFound
    return chat


async def send(
    session: Session, known: Known, key: str, text: str, *, a_minute: int, lasts: Lasts
) -> tuple[Chat, ChatMessage]:
    """Say something. Sent again with its key it is the same line, also after the chat has ended.

    Raises `NotFound`, `ChatHasEnded`, `TooManyMessages`, `SameKeyOtherMessage`, `ChatIsFull`.
    """
    masked = mask(text)
    chat = await my_chat(session, known, for_update=True)
    if said := await already_said(session, chat, key, masked):
        return chat, said
    chat.require_open()
    if await said_since(session, chat, MINUTE) >= a_minute:
        raise TooManyMessages
    chat.heard(session.at, lasts)
    return chat, say(session, chat, Said.VISITOR, masked=masked, key=key)


async def leave_off(session: Session, known: Known, lasts: Lasts) -> Chat:
    """End it. Raises `NotFound`, `NotAllowedNow`."""
    chat = await my_chat(session, known, for_update=True)
    chat.leave_off(session.at, lasts)
    say(session, chat, Said.ENDED_BY_VISITOR)
    return chat


async def waiting(session: ReadSession, before: int | None = None) -> int:
    """Return how many chats wait, of those before a number. Counted behind the fence of staff: a number comes out."""
    asked = select(func.count()).where(Chat.state == QUEUED)
    if before is not None:
        asked = asked.where(Chat.number < before)
    return await session.scalar(asked) or 0


async def _insert(session: Session, form: PreChatForm, account: Actor | None) -> UUID | None:
    """Insert the chat of a form; None where it stands there already."""
    told = {
        "id": form.chat_id,
        "token_digest": digest(form.token),
        "state": ASKED,
        "topic": form.topic,
        "language": form.language,
        "first_name": mask(form.first_name).text,
        "last_name": mask(form.last_name).text,
        "email": form.email,
        "phone": form.phone,
        "supplier_name": mask(form.supplier_name).text if form.supplier_name else None,
        "supplier_number": form.supplier_number,
        "opened_at": session.at,
        "last_seq": 0,
        "verifications": 0,
    }
    if account is not None:
        told |= {
            "account": account.person_id,
            "account_user_id": account.user_id,
            "account_name": account.name,
            "account_role": account.role,
            "account_organization": account.organization_id,
        }
    statement = insert(Chat).values(told).on_conflict_do_nothing().returning(Chat.id)
    opened: UUID | None = await session.scalar(statement)
    return opened
