"""The composition root of notices-svc: names the slices, and what each says to the doors."""

from chassis.platform_events import hears_keys_and_revocations
from chassis.service import Service
from notices_svc.activity import edge as activity_edge
from notices_svc.activity import worker as activity_worker
from notices_svc.todos import edge as todos_edge
from notices_svc.todos import worker as todos_worker

SERVICE = Service(
    name="notices",
    package="notices_svc",
    routers=[todos_edge.router, activity_edge.router],
    hears=[todos_worker.hears, activity_worker.hears, hears_keys_and_revocations("notices")],
)
