"""Running one role of a service: `python -m chassis.serve edge|worker <package>`."""

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import uvicorn

from chassis.service import Service
from chassis.settings import ServiceSettings, load

GRACE_SECONDS = 25
"""For requests under way, or the worker's handlers; longer than `kafka.GRACE`."""


def main(arguments: Sequence[str]) -> int:
    """Serve until told to stop; return the exit status."""
    match arguments:
        case ["edge" | "worker" as role, package]:
            serve(role, package)
            return 0
    print(__doc__, file=sys.stderr)
    return 2


def serve(role: str, package: str) -> None:
    """Build the role of `package`'s service and run it under uvicorn with uvloop and httptools."""
    service: Service = importlib.import_module(f"{package}.app").SERVICE
    settings = load(service.settings)
    edge = role == "edge"
    uvicorn.run(
        _application(role, service, settings),
        host=settings.service_host,
        port=settings.service_port if edge else settings.worker_port,
        ssl_certfile=settings.tls_certificate_file if edge else None,
        ssl_keyfile=settings.tls_key_file if edge else None,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _application(role: str, service: Service, settings: ServiceSettings) -> Any:
    if role == "edge":
        from chassis.edge import create_edge

        return create_edge(service, settings)
    from chassis.worker import create_worker

    return create_worker(service, settings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
