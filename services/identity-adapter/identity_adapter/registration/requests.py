"""Somebody asks to act for an organization (`domain/roles.md` 2).

The authorized official comes first, then the backups, then the end users. A delegated official asks as an end user.
"""

from collections.abc import Callable

from chassis.calendar import eastern_day
from chassis.database import Session
from chassis.errors import FieldProblem, Invalid, NotAllowedNow
from identity_adapter.enrolment.use_cases import enrolled, hold
from identity_adapter.members.lifecycle import HELD, OPEN
from identity_adapter.members.membership import AO, OFFICIALS, Membership
from identity_adapter.members.officials import as_enrolled_official, confirm_first_official
from identity_adapter.members.person import Person
from identity_adapter.members.policy import policy
from identity_adapter.members.use_cases import memberships
from identity_adapter.organizations.use_cases import organization_of

Proof = Callable[[str], str]
"""Turns a family name into the digest that finds an official in the enrolment record (`enrolment/officials.py`)."""


class NotAsEnrolled(Invalid):
    """What you entered does not match the enrollment record. Check every field, or ask the help desk: 877-577-5331."""


class ProofNeeded(Invalid):
    """An authorized official gives the Social Security number and the birth date of the enrollment record."""


class AlreadyAsked(NotAllowedNow):
    """You have a role or an open request for this PTAN already. See your requests for how it stands."""


class HasAnOfficial(NotAllowedNow):
    """This organization has an authorized official or a backup already. Call the help desk to replace the official."""


class NoOfficialYet(NotAllowedNow):
    """Nobody could decide your request yet: the organization's authorized official must register first. Ask them to."""


async def request_role(session: Session, ptan: str, role: str, proof: Proof | None) -> Membership:
    """Ask for a role of the organization with this PTAN.

    The first authorized official is let in at once when the enrolment record bears it out. Raises `NoSuchRole`,
    `ProofNeeded`, `NotAsEnrolled`, `AlreadyAsked`, `HasAnOfficial`, `NoOfficialYet`.
    """
    await hold(session, [ptan])
    person = await session.get_one(Person, session.actor.person_id)
    theirs = await memberships(session, Membership.ptan == ptan, Membership.state.in_(OPEN))
    if any(each.person_id == person.id for each in theirs):
        raise AlreadyAsked
    request = Membership.request(
        person,
        await organization_of(session, ptan),
        role,
        session.at,
        ptan=ptan,
        due_at=session.at + policy().role_request,
        official_digest=_digest(role, person, proof),
    )
    _require_its_turn(request, [each for each in theirs if each.state in HELD])
    session.add(request)
    await _ask_the_record(session, request)
    await session.flush()
    return request


def _digest(role: str, person: Person, proof: Proof | None) -> str | None:
    if role not in OFFICIALS:
        return None
    if proof is None:
        raise ProofNeeded(fields=[FieldProblem(name, ProofNeeded().detail) for name in ("ssn", "birth_date")])
    return proof(person.family_name)


def _require_its_turn(request: Membership, held: list[Membership]) -> None:
    """The AO first, then BAOs, then EUs; a second AO comes by way of the help desk."""
    if request.role == AO:
        if any(each.is_official for each in held):
            raise HasAnOfficial
    elif not any(each.can_decide(request) for each in held):
        raise NoOfficialYet


async def _ask_the_record(session: Session, request: Membership) -> None:
    """Let the first official in, refuse what the record contradicts; what it does not know yet waits."""
    assert request.ptan is not None  # noqa: S101  whoever requests a role names a PTAN
    if request.official_digest is None:
        if await enrolled(session, request.ptan, eastern_day(session.at)) == "inactive":
            raise NotAsEnrolled
        return
    request.checked_at = session.at
    match await as_enrolled_official(session, request.ptan, request.official_digest):
        case "no-match":
            raise NotAsEnrolled
        case "match" if request.role == AO:
            await confirm_first_official(session, request)
