"""Whether this process should go on, for `/health/live` and for whoever must end it."""

import os
import signal

import structlog

log = structlog.get_logger()


class Vitals:
    """The life of one process. Once `fail` was called, it is not live any more and ends in order."""

    def __init__(self) -> None:
        self.failed: str | None = None

    def fail(self, reason: str) -> None:
        """End the process in order: liveness fails, and SIGTERM lets it finish what is in hand.

        The orchestrator starts it again; whoever is on duty reads `reason`.
        """
        if self.failed is None:
            self.failed = reason
            log.critical("the process ends itself", reason=reason)
            os.kill(os.getpid(), signal.SIGTERM)
