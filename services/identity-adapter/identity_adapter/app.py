"""The composition root of identity-adapter: names the slices, and what each says to the doors."""

from chassis.platform_events import hears_keys_and_revocations
from chassis.service import Service
from chassis.sweeps import Sweep
from identity_adapter.enrolment import edge as enrolment_edge
from identity_adapter.enrolment import worker as enrolment_worker
from identity_adapter.keys import edge as keys_edge
from identity_adapter.machines import edge as machines_edge
from identity_adapter.machines import token_route
from identity_adapter.members import edge as members_edge
from identity_adapter.members.officials import recheck_due
from identity_adapter.members.standing import lock_unused
from identity_adapter.organizations import edge as organizations_edge
from identity_adapter.people import edge as people_edge
from identity_adapter.registration import edge as registration_edge
from identity_adapter.registration.decisions import expire_overdue
from identity_adapter.resources import open_resources
from identity_adapter.roles import edge as roles_edge
from identity_adapter.sessions import edge as sessions_edge
from identity_adapter.sessions.use_cases import expire_sessions
from identity_adapter.settings import IdentitySettings
from identity_adapter.sign_in import edge as sign_in_edge
from identity_adapter.sign_in.use_cases import forget_abandoned
from identity_adapter.tickets import edge as tickets_edge
from identity_adapter.tickets import worker as tickets_worker
from identity_adapter.tickets.use_cases import lay_down_forgotten

SERVICE = Service(
    name="identity",
    package="identity_adapter",
    routers=[
        sign_in_edge.router,
        sessions_edge.router,
        keys_edge.router,
        organizations_edge.router,
        enrolment_edge.locations,
        enrolment_edge.records,
        enrolment_edge.imports,
        registration_edge.router,
        members_edge.router,
        tickets_edge.router,
        people_edge.router,
        roles_edge.router,
        roles_edge.published,
        machines_edge.router,
        token_route.router,
    ],
    hears=[enrolment_worker.hears, tickets_worker.hears, hears_keys_and_revocations("identity")],
    sweeps=[
        Sweep("sessions expire", 30, expire_sessions),
        Sweep("abandoned sign-ins are forgotten", 60, forget_abandoned),
        Sweep("role requests expire", 60, expire_overdue),
        Sweep("officials are looked up again", 60, recheck_due),
        Sweep("unused roles are locked", 3600, lock_unused),
        Sweep("tickets of ended sessions lie down", 60, lay_down_forgotten),
    ],
    settings=IdentitySettings,
    resources=open_resources,
)
