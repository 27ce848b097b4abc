"""Every metric of the platform, declared once, with what it tells an operator.

Names carry their unit. No label holds a person, an organization or an id: labels are names of our own topics, event
types, sweeps and routes, so their number is known beforehand.
"""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Gauge, Histogram, generate_latest

# --- The edge

REQUEST_SECONDS = Histogram(
    "connexion_request_seconds",
    "Time from a request's first byte to its answer's last, by route template and status.",
    ["route", "method", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)

# --- Outbox and relay: is what was decided also told?

OUTBOX_OLDEST_UNSENT_SECONDS = Gauge(
    "connexion_outbox_oldest_unsent_seconds", "Age of the oldest event that waits to be published; 0 when none does."
)
OUTBOX_UNSENT = Gauge("connexion_outbox_unsent", "Events that wait to be published.")
RELAY_LEADING = Gauge("connexion_relay_leading", "1 in the process that publishes for its service, 0 elsewhere.")
RELAY_SENT = Counter("connexion_relay_sent", "Events published and acknowledged by the broker.", ["topic"])
RELAY_FAILED = Counter("connexion_relay_failed", "Sends that failed; the relay starts again from the oldest unsent.")
RELAY_SAID_AGAIN = Counter("connexion_relay_said_again", "Times the whole outbox was said to a broker that was new.")

# --- Consumers: is what was told also done?

EVENTS_HANDLED = Counter("connexion_events_handled", "Events whose effect is committed.", ["topic", "type"])
HANDLER_SECONDS = Histogram(
    "connexion_handler_seconds",
    "Time of one event's transaction, from the inbox row to the commit.",
    ["topic", "type"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30),
)
INBOX_DUPLICATES = Counter("connexion_inbox_duplicates", "Events heard again and dropped, as they must be.", ["topic"])
EVENTS_SKIPPED = Counter("connexion_events_skipped", "Events of a type this service does not listen to.", ["topic"])
EVENTS_RETRIED = Counter("connexion_events_retried", "Tries of an event that failed for a passing reason.", ["topic"])
EVENTS_PARKED = Counter(
    "connexion_events_parked", "Events set aside because trying again cannot help; somebody must look.", ["topic"]
)
EVENTS_REPLAYED = Counter("connexion_events_replayed", "Parked events that were given another try.", ["topic"])

# --- Sweeps: does what is due happen?

SWEEP_MOVED = Counter("connexion_sweep_moved", "Things a sweep moved because they were due.", ["sweep"])
SWEEP_FAILED = Counter("connexion_sweep_failed", "Runs of a sweep that ended in an error; it goes on.", ["sweep"])
SWEEP_LEFT = Counter("connexion_sweep_left", "Due things that could not be moved and wait for the next run.", ["kind"])
SWEEP_SECONDS = Histogram("connexion_sweep_seconds", "Time of one run of a sweep.", ["sweep"])
SWEEP_LAST_SUCCESS = Gauge(
    "connexion_sweep_last_success_timestamp_seconds",
    "When a sweep last ended well, or was begun with, in real Unix time. Its lag is now minus this.",
    ["sweep"],
)
SWEEP_EVERY = Gauge(
    "connexion_sweep_every_seconds", "How often a sweep runs, so that its lag can be judged.", ["sweep"]
)

# --- Audit

AUDIT_SEALED_ROWS = Counter("connexion_audit_sealed_rows", "Audit rows that a signed batch covers.")
AUDIT_LAST_BATCH = Gauge("connexion_audit_last_batch", "Number of the newest sealed batch.")

# --- Uploads

UPLOADS_STARTED = Counter("connexion_uploads_started", "Uploads begun.")
UPLOADS_RECEIVED = Counter("connexion_uploads_received", "Files received whole, with a receipt.", ["verdict"])
UPLOADS_REFUSED = Counter("connexion_uploads_refused", "Files refused, by the code of the check.", ["code"])
UPLOAD_BYTES = Counter("connexion_upload_bytes", "Bytes of uploads written to storage.")
UPLOADS_OPEN = Gauge("connexion_uploads_open", "Uploads whose body this process is reading.")
SCANS_WAITING = Gauge("connexion_scans_waiting", "Files that wait for their malware scan.")
BALANCE_HOLES = Gauge("connexion_balance_holes", "Receipted files that nothing accounts for; more than 0 is an alarm.")
BALANCE_FINDINGS = Gauge("connexion_balance_findings", "Things that are not as they must be, at most 100.", ["kind"])
SCAN_SECONDS = Histogram("connexion_scan_seconds", "Time of one malware scan.", buckets=(0.05, 0.1, 0.5, 1, 5, 30, 120))

# --- Live updates

STREAMS_OPEN = Gauge("connexion_streams_open", "Live updates that this process holds open.")

# --- E-mail

MAIL_TRIED = Counter(
    "connexion_mail_tried", "Tries to hand an e-mail to the mail server, by how they ended.", ["outcome"]
)
MAIL_OLDEST_WAITING = Gauge(
    "connexion_mail_oldest_waiting_seconds", "Age of the oldest e-mail that waits to be handed over; 0: none waits."
)
MAIL_TROUBLES = Gauge("connexion_mail_troubles", "E-mails that did not reach anybody and that nobody has dealt with.")


def render() -> tuple[bytes, str]:
    """Return the body and the content type of an answer to `GET /metrics`."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
