"""The portal with the fake gateway behind it, on one origin as a browser needs it.

python services/portal/tests/portal_site.py 8999     to look at pages while working on them
"""

import asyncio
import socket
import sys
import threading
import time

import httpx
import uvicorn
from fake_gateway import FakeGateway
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.app import create_portal
from portal.gateway import gateway_client
from portal.settings import PortalSettings

PATIENCE = 10


def build_site(gateway: FakeGateway, public_url: str) -> ASGIApp:
    """One application: `/api` is the fake gateway, everything else the portal."""
    api = gateway.app()
    client = gateway_client("http://gateway.test", httpx.ASGITransport(api))
    settings = PortalSettings(environment="local", gateway_internal_url="http://gateway.test", public_url=public_url)
    portal = create_portal(settings, client)

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = api if scope["type"] == "http" and scope["path"].startswith("/api/") else portal
        await chosen(scope, receive, send)

    return site


class RunningSite:
    """The site on a free port, in a thread of its own."""

    def __init__(self, gateway: FakeGateway, port: int = 0) -> None:
        self.socket = socket.create_server(("127.0.0.1", port))
        self.url = f"http://localhost:{self.socket.getsockname()[1]}"
        self.server = uvicorn.Server(
            uvicorn.Config(build_site(gateway, self.url), log_level="warning", timeout_graceful_shutdown=1)
        )
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.run(self.server.serve(sockets=[self.socket]))

    def __enter__(self) -> str:
        self.thread.start()
        give_up = time.monotonic() + PATIENCE
        while not self.server.started:
            if time.monotonic() > give_up:
                raise TimeoutError("the site did not start")
            time.sleep(0.02)
        return self.url

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(PATIENCE)


if __name__ == "__main__":
    with RunningSite(FakeGateway(), int(sys.argv[1])) as address:
        print(f"{address}, sign in at {address}/api/identity/sign-in?return_to=/home")
        threading.Event().wait()
