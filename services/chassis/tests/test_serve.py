"""An edge as a process: with a certificate it speaks TLS, and nothing else."""

import ipaddress
import os
import socket
import ssl
import subprocess
import sys
from datetime import timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chassis import machine_time
from tests.infrastructure.waiting import until


@pytest.fixture
def certificate(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "probe-edge")])
    now = machine_time.now()
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "tls.crt").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "tls.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return tmp_path


def test_an_edge_with_a_certificate_speaks_tls_only(certificate):
    (certificate / "probe_svc").mkdir()
    (certificate / "probe_svc" / "app.py").write_text(
        "from chassis.service import Service\nSERVICE = Service(name='notices', package='probe_svc')\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    edge = subprocess.Popen(
        [sys.executable, "-m", "chassis.serve", "edge", "probe_svc"],
        env=os.environ
        | {
            "PYTHONPATH": str(certificate),
            "CONNEXION_ENVIRONMENT": "local",
            "CONNEXION_DATABASE_URL": "postgresql+asyncpg://nobody:secret@127.0.0.1:9/connexion_notices",
            "CONNEXION_SERVICE_PORT": str(port),
            "CONNEXION_TLS_CERTIFICATE_FILE": str(certificate / "tls.crt"),
            "CONNEXION_TLS_KEY_FILE": str(certificate / "tls.key"),
        },
    )
    trusting = ssl.create_default_context(cafile=str(certificate / "tls.crt"))

    def answered() -> bool:
        try:
            return httpx.get(f"https://127.0.0.1:{port}/health/live", verify=trusting).is_success
        except httpx.ConnectError:
            return False

    try:
        until(answered, within=30, what="the edge's answer over TLS")
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/health/live")
    finally:
        edge.kill()
        edge.wait()
