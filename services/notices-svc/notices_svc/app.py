"""The composition root of notices-svc: names the slices, and what each says to the doors."""

from chassis.platform_events import hears_keys_and_revocations
from chassis.service import Service
from chassis.sweeps import Sweep
from notices_svc.activity import edge as activity_edge
from notices_svc.activity import worker as activity_worker
from notices_svc.balance.watch import watch_balance
from notices_svc.batches import edge as batches_edge
from notices_svc.batches.released import issue_released
from notices_svc.batches.use_cases import check_batches, issue_batches
from notices_svc.chat import desk_edge as chat_desk_edge
from notices_svc.chat import edge as chat_edge
from notices_svc.chat import hours_edge as chat_hours_edge
from notices_svc.chat.resources import move_chats_on
from notices_svc.live import edge as live_edge
from notices_svc.mail import edge as mail_edge
from notices_svc.mail import worker as mail_worker
from notices_svc.mail.resources import send_waiting
from notices_svc.mail.use_cases import give_up, lose_sight
from notices_svc.notices import desk_edge
from notices_svc.notices import edge as notices_edge
from notices_svc.notices import worker as notices_worker
from notices_svc.notices.use_cases.closing import pass_due_notices, remind
from notices_svc.program import worker as program_worker
from notices_svc.questions import edge as questions_edge
from notices_svc.questions.use_cases import import_written
from notices_svc.resources import open_resources
from notices_svc.settings import Settings
from notices_svc.todos import edge as todos_edge
from notices_svc.todos import worker as todos_worker

SERVICE = Service(
    name="notices",
    package="notices_svc",
    settings=Settings,
    resources=open_resources,
    routers=[
        notices_edge.router,
        desk_edge.router,
        batches_edge.router,
        mail_edge.router,
        todos_edge.router,
        activity_edge.router,
        live_edge.router,
        questions_edge.router,
        chat_edge.router,
        chat_desk_edge.router,
        chat_hours_edge.router,
    ],
    hears=[
        notices_worker.hears,
        todos_worker.hears,
        activity_worker.hears,
        program_worker.hears,
        mail_worker.hears,
        hears_keys_and_revocations("notices"),
    ],
    sweeps=[
        Sweep("check notice batches", 1, check_batches),
        Sweep("issue notices that were released with the awards", 1, issue_released, limit=500),
        Sweep("issue notices", 1, issue_batches),
        Sweep("pass due notices", 5, pass_due_notices),
        Sweep("remind of notices", 30, remind),
        Sweep("send e-mail", 2, send_waiting),
        Sweep("give up e-mail", 60, give_up),
        Sweep("import questions and answers", 300, import_written),
        Sweep("lose sight of e-mail", 60, lose_sight),
        Sweep("move chats on", 30, move_chats_on),
        Sweep("watch the balance of notices", 120, watch_balance),
    ],
)
