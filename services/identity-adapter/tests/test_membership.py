"""A role of a person in an organization: its life, who decides, and what is said of it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chassis.errors import NotAllowed, NotAllowedNow, NotFound
from chassis.recording import AuditEntry
from events.identity import ContactChangedV2, PersonRemoved, RoleChanged, RoleGranted, RoleRejected, RoleRequested
from identity_adapter.members import rules
from identity_adapter.members.lifecycle import EXPIRED, HELD, LIFECYCLE, OPEN, PENDING, REJECTED
from identity_adapter.members.membership import Membership
from identity_adapter.members.person import Person
from identity_adapter.organizations.organization import Organization

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
DUE = AT + timedelta(days=30)


def somebody(user_id: str = "JREYES03") -> Person:
    return Person(user_id, "Joel", "Reyes", "joel@a.example")


@pytest.fixture
def larkspur() -> Organization:
    return Organization("Larkspur Sample Medical, LLC", "9000000101", AT)


def asking(organization: Organization, role: str = "EU", person: Person | None = None) -> Membership:
    return Membership.request(person or somebody(), organization, role, AT, ptan=organization.ptan, due_at=DUE)


def holding(organization: Organization, role: str, person: Person | None = None) -> Membership:
    return Membership.appoint(person or somebody(f"{role}01"), organization, role, AT, AT)


def said(thing: Membership | Person, event: type) -> list:
    """What a thing that is in no session yet has said."""
    return [each for each in thing.__dict__.get("_recorded", []) if isinstance(each, event)]


@pytest.mark.parametrize(("role", "inside"), [("AUDITOR", False), ("AO", True), ("XO", False), ("XO", True)])
def test_a_role_of_the_other_side_or_of_none_is_refused(larkspur, role, inside):
    with pytest.raises(rules.NoSuchRole):
        holding(None if inside else larkspur, role)


@pytest.mark.parametrize(
    ("role", "approver", "may"),
    [("BAO", "AO", True), ("EU", "AO", True), ("EU", "BAO", True), ("BAO", "BAO", False), ("EU", "EU", False)],
)
def test_a_backup_is_approved_by_the_official_and_an_end_user_by_either(larkspur, role, approver, may):
    asked = asking(larkspur, role)
    if may:
        asked.approve(holding(larkspur, approver), AT, AT)
        assert asked.is_active
    else:
        with pytest.raises(NotAllowed):
            asked.approve(holding(larkspur, approver), AT, AT)
        assert asked.state is PENDING


def test_nobody_approves_or_rejects_their_own_request(larkspur):
    person = somebody()
    asked, another_role_of_theirs = asking(larkspur, "BAO", person), holding(larkspur, "AO", person)
    for decide in (
        lambda: asked.approve(another_role_of_theirs, AT, AT),
        lambda: asked.reject(another_role_of_theirs, "no", AT),
    ):
        with pytest.raises(rules.NotYourOwnRequest):
            decide()


def test_an_official_of_another_organization_finds_no_such_request(larkspur):
    other = holding(Organization("Tallgrass", "9000000201", AT), "AO")
    with pytest.raises(NotFound):
        asking(larkspur).approve(other, AT, AT)


@pytest.mark.parametrize("rest", ["suspend", "lock", "remove"])
def test_whoever_was_suspended_locked_or_removed_decides_nothing(larkspur, rest):
    approver = holding(larkspur, "AO")
    getattr(approver, rest)("a reason", AT)
    with pytest.raises(NotAllowed):
        asking(larkspur).approve(approver, AT, AT)


def test_an_overdue_request_is_not_decided_any_more_even_if_no_sweep_came_by(larkspur):
    asked, official = asking(larkspur), holding(larkspur, "AO")
    with pytest.raises(rules.RequestOverdue):
        asked.approve(official, DUE, AT)
    with pytest.raises(rules.RequestOverdue):
        asked.reject(official, "too late", DUE)
    asked.expire()
    assert (asked.state, asked.decided_at) == (EXPIRED, DUE)


def test_what_happens_to_a_request_is_said_without_a_name_or_a_reason(larkspur):
    official = holding(larkspur, "AO")
    asked = asking(larkspur)
    asked.reject(official, "Joel does not work here", AT)
    (requested,), (rejected,) = said(asked, RoleRequested), said(asked, RoleRejected)
    assert (requested.membership_id, requested.decided_with, requested.due_at) == (asked.id, "member.approve_eu", DUE)
    assert (rejected.membership_id, rejected.outcome, asked.decided_by) == (asked.id, "rejected", official.person_id)
    for event in (requested, rejected):
        assert "Joel" not in event.model_dump_json()


def test_a_granted_role_is_said_and_leads_to_an_address(larkspur):
    asked, official = asking(larkspur), holding(larkspur, "AO")
    asked.approve(official, AT, AT)
    assert [event.membership_id for event in said(asked, RoleGranted)] == [asked.id]
    assert (asked.granted_by, asked.since) == (official.person_id, AT)
    assert [event.email for event in said(asked.person, ContactChangedV2)] == ["joel@a.example"]


def test_who_leaves_one_organization_is_still_reached_about_another(larkspur):
    person = somebody()
    here = holding(larkspur, "EU", person)
    there = holding(Organization("Tallgrass", "9000000201", AT), "EU", person)
    here.remove("a reason", AT)
    kept = {event.key: event.email for event in said(person, ContactChangedV2)}  # as compaction keeps them
    assert kept == {str(here.id): None, str(there.id): person.email}


@pytest.mark.parametrize("rest", ["suspend", "lock", "remove"])
def test_leaving_the_active_state_refuses_tokens_and_stops_e_mail(larkspur, rest):
    member = holding(larkspur, "EU")
    getattr(member, rest)("a reason", AT)
    assert [event.removed_at for event in said(member, PersonRemoved)] == [AT]
    assert said(member.person, ContactChangedV2)[-1].email is None


def test_a_locked_role_that_is_removed_is_not_cut_off_twice(larkspur):
    member = holding(larkspur, "EU")
    member.lock("unused", AT)
    member.remove(None, AT)
    assert len(said(member, PersonRemoved)) == 1


def test_only_a_backup_takes_over_and_nobody_becomes_the_official_by_a_change_of_role(larkspur):
    backup, user = holding(larkspur, "BAO"), holding(larkspur, "EU")
    with pytest.raises(rules.OnlyABackupTakesOver):
        user.assume_ao_role(uuid4(), AT)
    with pytest.raises(rules.NoSuchRole):
        backup.change_role("AO", uuid4(), AT)
    backup.assume_ao_role(uuid4(), AT)
    (changed,) = said(backup, RoleChanged)
    assert (changed.role_before, changed.role, backup.role) == ("BAO", "AO", "AO")


def test_of_a_role_inside_the_program_no_other_service_hears():
    analyst = Membership.appoint(somebody("TANALYST07"), None, "EVALUATION_ANALYST", AT, AT)
    analyst.remove("left", AT)
    assert {type(record) for record in analyst.__dict__["_recorded"]} == {AuditEntry}


def test_every_move_is_audited_with_before_and_after(larkspur):
    member = holding(larkspur, "EU")
    member.lock("unused", AT)
    locked = said(member, AuditEntry)[-1]
    assert (locked.action, locked.reason) == ("membership.lock", "unused")
    assert (locked.before["state"], locked.after["state"]) == ("ACTIVE", "LOCKED")


VERBS = {
    "confirm": lambda m, o, at: m.confirm(m.organization, at, at),
    "approve": lambda m, o, at: m.approve(o, at, at),
    "reject": lambda m, o, at: m.reject(o, "no", at),
    "withdraw": lambda m, o, at: m.withdraw(at),
    "expire": lambda m, o, at: m.expire(),
    "suspend": lambda m, o, at: m.suspend("not listed", at),
    "reinstate": lambda m, o, at: m.come_back("reinstate", at),
    "lock": lambda m, o, at: m.lock("unused", at),
    "unlock": lambda m, o, at: m.come_back("unlock", at),
    "change role": lambda m, o, at: m.change_role("EU", None, at),
    "assume AO role": lambda m, o, at: m.assume_ao_role(None, at),
    "remove": lambda m, o, at: m.remove(None, at),
}


def test_the_walk_below_knows_every_verb():
    assert VERBS.keys() == LIFECYCLE.verbs


class Walk(RuleBasedStateMachine):
    """Any verb at any time: the table is the only way on, and a refused move changes and says nothing."""

    def __init__(self) -> None:
        super().__init__()
        organization = Organization("Larkspur", "9000000101", AT)
        self.official = holding(organization, "AO")
        self.member = asking(organization, "BAO")

    @rule(verb=st.sampled_from(sorted(VERBS)), days=st.integers(0, 40))
    def attempt(self, verb: str, days: int) -> None:
        """Try a verb, in time or not."""
        before = self.standing()
        expected = LIFECYCLE.can(self.member.state, verb)
        try:
            VERBS[verb](self.member, self.official, AT + timedelta(days=days))
        except (NotAllowed, NotAllowedNow):
            assert self.standing() == before
        else:
            assert expected
            assert self.member.version == before[2] + 1

    def standing(self) -> tuple:
        """All that a refused move must leave alone."""
        member = self.member
        return member.state, member.role, member.version, member.reason, len(member.__dict__["_recorded"])

    @invariant()
    def tokens_follow_the_active_state_alone(self) -> None:
        """Being let in and being cut off alternate, and the last of them agrees with the state."""
        addressed = said(self.member.person, ContactChangedV2)
        assert self.member.is_active == bool(addressed and addressed[-1].email)
        for earlier, later in pairwise(addressed):
            assert bool(earlier.email) != bool(later.email)
        assert len(said(self.member, PersonRemoved)) == len([each for each in addressed if each.email is None])

    @invariant()
    def an_end_was_told_once(self) -> None:
        """Granted, or come to nothing: one of them, once."""
        told = said(self.member, (RoleGranted, RoleRejected))
        assert len(told) == (0 if self.member.state is PENDING else 1)
        if self.member.state in (REJECTED, EXPIRED):
            assert said(self.member, RoleRejected)


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_open_and_held_are_what_nothing_has_ended():
    assert set(OPEN) == set(LIFECYCLE.states) - LIFECYCLE.ends
    assert set(HELD) == set(OPEN) - {PENDING}
