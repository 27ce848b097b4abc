"""What a membership says to the platform and leaves in the audit trail."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.aggregate import Aggregate
from events.envelope import Event
from events.identity import PersonRemoved
from identity_adapter.members.lifecycle import MembershipState


class Telling(Aggregate):
    """The telling half of `Membership`. Of roles inside the program nobody hears: they have no organization."""

    if TYPE_CHECKING:
        id: UUID
        person_id: UUID
        organization_id: UUID | None
        ptan: str | None
        role: str
        state: MembershipState

    def cut_off(self, machine_at: datetime) -> None:
        """Say that tokens of this role, issued until now, are to be refused everywhere."""
        if self.organization_id:
            self.say(
                PersonRemoved(person_id=self.person_id, organization_id=self.organization_id, removed_at=machine_at)
            )

    def _tell(self, event: type[Event], **about: object) -> None:
        if self.organization_id:
            about |= {"membership_id": self.id, "person_id": self.person_id, "organization_id": self.organization_id}
            self.say(event.model_validate(about))

    def _noted(self) -> dict[str, object]:
        """How it stands, for the audit trail."""
        return {
            "person": self.person_id,
            "organization": self.organization_id,
            "ptan": self.ptan,
            "role": self.role,
            "state": self.state,
        }
