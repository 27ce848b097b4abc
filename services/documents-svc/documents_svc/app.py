"""The composition root of documents-svc: names the slices, and what each says to the doors."""

from chassis.platform_events import hears_keys_and_revocations
from chassis.service import Service
from chassis.sweeps import Sweep
from documents_svc.arrivals import edge as arrivals_edge
from documents_svc.balance import edge as balance_edge
from documents_svc.balance.watch import watch_balance
from documents_svc.files import edge as files_edge
from documents_svc.files import worker as files_worker
from documents_svc.files.sweeps import start_due_checks
from documents_svc.previews import edge as previews_edge
from documents_svc.receipts import edge as receipts_edge
from documents_svc.resources import open_resources
from documents_svc.retention import edge as retention_edge
from documents_svc.retention import erasing
from documents_svc.retention import worker as retention_worker
from documents_svc.rules import edge as rules_edge
from documents_svc.settings import Settings
from documents_svc.settlement import worker as settlement_worker
from documents_svc.settlement.use_cases import close_due_slots, lapse_due_uploads, settle_closed_slots
from documents_svc.slots import edge as slots_edge
from documents_svc.uploads import edge as uploads_edge
from documents_svc.uploads import form_edge
from documents_svc.uploads.refusals import tell_refusals

SERVICE = Service(
    name="documents",
    package="documents_svc",
    settings=Settings,
    resources=open_resources,
    routers=[
        slots_edge.router,
        uploads_edge.router,
        form_edge.router,
        files_edge.router,
        previews_edge.router,
        receipts_edge.router,
        rules_edge.router,
        balance_edge.router,
        arrivals_edge.router,
        retention_edge.router,
    ],
    mounts=[tell_refusals],
    hears=[
        settlement_worker.hears,
        files_worker.hears,
        retention_worker.hears,
        hears_keys_and_revocations("documents"),
    ],
    sweeps=[
        Sweep("check files", 0.5, start_due_checks),
        Sweep("close slots", 5, close_due_slots),
        Sweep("lapse uploads", 5, lapse_due_uploads),
        Sweep("settle slots", 5, settle_closed_slots),
        Sweep("watch the balance", 30, watch_balance),
        Sweep("erase records", 60, erasing.erase_approved, limit=erasing.AT_ONCE),
    ],
)
