from chassis.database import Session
from chassis.kafka import Hears
from events.identity import DIRECTORY, OrganizationNamed
from events.rounds import STATE, RoundState
from notices_svc.program.organization import know_organization
from notices_svc.program.round import know_round

hears = Hears("notices")


@hears(STATE, RoundState)
async def on_round_state(event: RoundState, session: Session) -> None:
    """A round changed: the lengths of its deadlines are what due dates are computed from."""
    await know_round(session, event)


@hears(DIRECTORY, OrganizationNamed)
async def on_organization_named(event: OrganizationNamed, session: Session) -> None:
    """An organization has a name, or another one."""
    await know_organization(session, event)
