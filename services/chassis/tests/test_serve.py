"""An edge as a process: with a certificate it speaks TLS, and nothing else."""

import os
import ssl
import subprocess
import sys

import httpx
import pytest

from deploy.local.ports import free_port
from tests.infrastructure.certificates import make_certificate
from tests.infrastructure.waiting import until


def test_an_edge_with_a_certificate_speaks_tls_only(tmp_path):
    certificate = make_certificate(tmp_path, "probe-edge")
    (tmp_path / "probe_svc").mkdir()
    (tmp_path / "probe_svc" / "app.py").write_text(
        "from chassis.service import Service\nSERVICE = Service(name='notices', package='probe_svc')\n"
    )
    port = free_port()
    edge = subprocess.Popen(
        [sys.executable, "-m", "chassis.serve", "edge", "probe_svc"],
        env=os.environ
        | {
            "PYTHONPATH": str(tmp_path),
            "CONNEXION_ENVIRONMENT": "local",
            "CONNEXION_DATABASE_URL": "postgresql+asyncpg://nobody:secret@127.0.0.1:9/connexion_notices",
            "CONNEXION_SERVICE_PORT": str(port),
            "CONNEXION_TLS_CERTIFICATE_FILE": str(certificate.chain),
            "CONNEXION_TLS_KEY_FILE": str(certificate.key),
        },
    )
    trusting = ssl.create_default_context(cafile=certificate.chain)

    def answered() -> bool:
        try:
            return httpx.get(f"https://127.0.0.1:{port}/health/live", verify=trusting).is_success
        except httpx.ConnectError:
            return False

    try:
        until(answered, within=60, what="the edge's answer over TLS")
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/health/live")
    finally:
        edge.kill()
        edge.wait()
