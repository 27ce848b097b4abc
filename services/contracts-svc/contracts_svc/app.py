"""The composition root of contracts-svc: names the slices, and what each says to the doors."""

from chassis.platform_events import hears_keys_and_revocations
from chassis.service import Service
from contracts_svc.enrolment import worker as enrolment_worker
from contracts_svc.program import edge as program_edge
from contracts_svc.program import worker as program_worker

SERVICE = Service(
    name="contracts",
    package="contracts_svc",
    routers=[program_edge.router],
    hears=[enrolment_worker.hears, program_worker.hears, hears_keys_and_revocations("contracts")],
)
