"""What a role of a person in an organization can go through (`domain/roles.md` 2)."""

from enum import StrEnum

from chassis.lifecycle import Lifecycle, Move


class MembershipState(StrEnum):
    """Where a person's role in an organization stands. Only an active one is ever in a token."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    LOCKED = "LOCKED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


PENDING, ACTIVE = MembershipState.PENDING, MembershipState.ACTIVE
SUSPENDED, LOCKED = MembershipState.SUSPENDED, MembershipState.LOCKED
REJECTED, EXPIRED, REVOKED = MembershipState.REJECTED, MembershipState.EXPIRED, MembershipState.REVOKED

HELD = (ACTIVE, SUSPENDED, LOCKED)
"""The role is the person's, whether it can be used now or not."""
OPEN = (PENDING, *HELD)
"""One of these at most for a person and a PTAN."""

APPROVER = "member.approve_bao or member.approve_eu"

LIFECYCLE = Lifecycle(
    "membership",
    start=PENDING,
    ends={REJECTED, EXPIRED, REVOKED},
    moves=[
        Move(PENDING, "confirm", ACTIVE, guard="the first official, as the enrolment record has it"),
        Move(PENDING, "approve", ACTIVE, by=APPROVER, guard="another person, active; not overdue"),
        Move(PENDING, "reject", REJECTED, by=APPROVER),
        Move(PENDING, "withdraw", REVOKED, by="its owner"),
        Move(PENDING, "expire", EXPIRED, guard="30 days"),
        Move(ACTIVE, "suspend", SUSPENDED, guard="no official of the enrolment record any more"),
        Move(SUSPENDED, "reinstate", ACTIVE, guard="an official of the enrolment record again"),
        Move(ACTIVE, "lock", LOCKED, by="staff.member.lock", guard="inactivity, or as the help desk decides"),
        Move(LOCKED, "unlock", ACTIVE, by="staff.member.unlock"),
        Move(ACTIVE, "change role", ACTIVE, by="staff.member.change_role", guard="a BAO is an official"),
        Move(ACTIVE, "assume AO role", ACTIVE, by="staff.member.change_role", guard="a BAO; the old AO is revoked"),
        Move(HELD, "remove", REVOKED, by="staff.member.remove", guard="or its owner; an AO only when alone"),
    ],
)
