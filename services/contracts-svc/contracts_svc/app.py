"""The composition root of contracts-svc: names the slices, and what each says to the doors."""

from chassis.platform_events import hears_keys_and_revocations
from chassis.service import Service
from chassis.sweeps import Sweep
from contracts_svc.breaches import edge as breaches_edge
from contracts_svc.breaches import staff_edge as breaches_staff_edge
from contracts_svc.breaches import worker as breaches_worker
from contracts_svc.breaches.deciding import move_by_calendar as move_breaches
from contracts_svc.contracts import edge as contracts_edge
from contracts_svc.contracts import staff_edge as contracts_staff_edge
from contracts_svc.contracts import worker as contracts_worker
from contracts_svc.contracts.use_cases import move_by_calendar, say_again
from contracts_svc.directory import edge as directory_edge
from contracts_svc.directory.listing import list_accepted, tell_directory
from contracts_svc.duties import edge as duties_edge
from contracts_svc.duties.planning import plan_duties
from contracts_svc.enrolment import worker as enrolment_worker
from contracts_svc.form_c import edge as form_c_edge
from contracts_svc.form_c import staff_edge as form_c_staff_edge
from contracts_svc.form_c.following import know_screened
from contracts_svc.form_c.missing import escalate_due, miss_due, settle_screened
from contracts_svc.form_c.opening import open_reports, plan_periods
from contracts_svc.form_c.reminding import remind_of_reports
from contracts_svc.locations import edge as locations_edge
from contracts_svc.locations import staff_edge as locations_staff_edge
from contracts_svc.locations.reviewing import close_unanswered
from contracts_svc.program import edge as program_edge
from contracts_svc.program import worker as program_worker
from contracts_svc.sealing import edge as sealing_edge
from contracts_svc.sealing.resources import open_resources
from contracts_svc.sealing.use_cases import seal_due
from contracts_svc.settings import Settings
from contracts_svc.subcontracting import edge as subcontracting_edge
from contracts_svc.subcontracting import staff_edge as subcontracting_staff_edge
from contracts_svc.subcontracting.reviewing import lapse_unfit
from contracts_svc.transfers import edge as transfers_edge
from contracts_svc.transfers import staff_edge as transfers_staff_edge
from contracts_svc.transfers import worker as transfers_worker
from contracts_svc.transfers.finding import bring_documents, find_other_sides
from contracts_svc.transfers.receiving import lapse_due

SERVICE = Service(
    name="contracts",
    package="contracts_svc",
    settings=Settings,
    resources=open_resources,
    routers=[
        program_edge.router,
        contracts_edge.router,
        contracts_staff_edge.router,
        locations_edge.router,
        locations_staff_edge.router,
        duties_edge.router,
        form_c_edge.router,
        form_c_staff_edge.router,
        directory_edge.router,
        subcontracting_edge.router,
        subcontracting_staff_edge.router,
        transfers_edge.router,
        transfers_staff_edge.router,
        breaches_edge.router,
        breaches_staff_edge.router,
        sealing_edge.router,
        sealing_edge.staff_router,
    ],
    hears=[
        enrolment_worker.hears,
        program_worker.hears,
        contracts_worker.hears,
        transfers_worker.hears,
        breaches_worker.hears,
        hears_keys_and_revocations("contracts"),
    ],
    sweeps=[
        Sweep("contracts start and end by their dates", 5, move_by_calendar),
        Sweep("breach cases move by their dates", 5, move_breaches),
        Sweep("the dates of a contract are planned", 5, plan_duties),
        Sweep("the reporting periods of a contract are planned", 5, plan_periods),
        Sweep("Form C reports are opened", 5, open_reports),
        Sweep("suppliers are reminded of Form C", 30, remind_of_reports),
        Sweep("Form C reports that did not come are overdue", 5, miss_due),
        Sweep("Form C reports long overdue are suspected breaches", 30, escalate_due),
        Sweep("added products found right before are passed", 30, know_screened),
        Sweep("Form C reports with nothing left to screen are accepted", 5, settle_screened),
        Sweep("accepted Form C reports come to the Supplier Directory", 5, list_accepted),
        Sweep("subcontracts that hold no more lapse", 30, lapse_unfit),
        Sweep("the Supplier Directory is told", 5, tell_directory),
        Sweep("transfers are brought to both sides", 5, find_other_sides),
        Sweep("documents of transfers are asked for", 1, bring_documents),
        Sweep("transfers for which nothing came in time lapse", 5, lapse_due),
        Sweep("what CMS signed is sealed", 1, seal_due, limit=5),
        Sweep("location requests nobody answered about are closed", 30, close_unanswered),
        Sweep("snapshots of contracts are said again every night", 30, say_again),
    ],
)
