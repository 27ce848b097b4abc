"""The production values: TLS outside, mutual TLS for the portal and towards every service."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from deploy.local.gateway import values
from deploy.local.ports import free_port
from tests.gateway import keys
from tests.gateway.conftest import fresh_ports
from tests.gateway.running import Gateway, running
from tests.gateway.upstream import SERVICES, Upstream


@dataclass
class Authority:
    """A certificate authority of the test's own."""

    folder: Path

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority of this test")])
        self.certificate = self._signed(self._name, self._key, authority=True)
        self.folder.mkdir(parents=True)
        (self.folder / "ca.crt").write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, folder: Path, *names: str) -> None:
        """Write `tls.crt` and `tls.key` for these host names into the folder."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
        folder.mkdir(parents=True, exist_ok=True)
        issued = self._signed(subject, key, names=names)
        (folder / "tls.crt").write_bytes(issued.public_bytes(serialization.Encoding.PEM))
        plain, pkcs8 = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
        (folder / "tls.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        names: tuple[str, ...] = (),
        authority: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
        return builder.sign(self._key, hashes.SHA256())


@dataclass
class Secured:
    """A gateway with the production values, and what its clients need."""

    gateway: Gateway
    folder: Path

    def client(self, listener: str, certificate: str | None = None) -> httpx.AsyncClient:
        """A client of a listener that trusts the authority and shows a certificate if given one."""
        context = ssl.create_default_context(cafile=self.folder / "platform" / "ca.crt")
        if certificate:
            folder = self.folder / certificate
            context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
        port = self.gateway.settings[f"GATEWAY_{listener}_PORT"]
        return httpx.AsyncClient(base_url=f"https://localhost:{port}", verify=context, timeout=30)


@pytest.fixture(scope="module")
async def secured(key: ECKey, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Secured]:
    folder = tmp_path_factory.mktemp("secured")
    authority = Authority(folder / "platform")
    for name, hosts in {"platform": ["localhost", "gateway"], "public": ["localhost"], "portal": ["portal"]}.items():
        authority.issue(folder / name, *hosts)
    Authority(folder / "strangers").issue(folder / "stranger", "portal")
    upstream = Upstream(keys.published(key))
    server = uvicorn.Server(
        uvicorn.Config(
            upstream,
            log_level="warning",
            lifespan="off",
            ssl_certfile=folder / "platform" / "tls.crt",
            ssl_keyfile=str(folder / "platform" / "tls.key"),
            ssl_ca_certs=str(folder / "platform" / "ca.crt"),
            ssl_cert_reqs=ssl.CERT_REQUIRED,
        )
    )
    task = asyncio.create_task(server.serve(sockets=list(upstream.sockets.values())))
    settings = {
        name: value.replace("/etc/connexion/tls", str(folder)) for name, value in values("production.env").items()
    }
    settings |= fresh_ports() | {"GATEWAY_DOMAINS": '["*"]', "GATEWAY_TOKEN_ISSUER": keys.ISSUER}
    settings |= {"GATEWAY_TELEMETRY_PORT": str(free_port())}
    for service in SERVICES:
        settings[f"GATEWAY_{service.upper()}_HOST"] = "localhost"
        settings[f"GATEWAY_{service.upper()}_PORT"] = str(upstream.port(service))
    async with running(settings, folder) as gateway:
        yield Secured(gateway, folder)
    server.should_exit = True
    await task


async def test_a_browser_reaches_the_services_and_is_told_to_insist_on_tls(secured: Secured, bearer: dict[str, str]):
    async with secured.client("PUBLIC") as browser:
        answer = await browser.get("/api/documents/files", headers=bearer)
    assert answer.json()["service"] == "documents"
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert dict(answer.json()["headers"])["x-forwarded-proto"] == "https"


async def test_the_portal_shows_its_certificate(secured: Secured, bearer: dict[str, str]):
    async with secured.client("INTERNAL", "portal") as portal:
        assert (await portal.get("/api/documents/files", headers=bearer)).status_code == 200


@pytest.mark.parametrize("shown", [None, "stranger", "public"], ids=["nothing", "of others", "of another name"])
async def test_nobody_else_reaches_the_portals_listener(secured: Secured, bearer: dict[str, str], shown: str | None):
    async with secured.client("INTERNAL", shown) as other:
        with pytest.raises((httpx.TransportError, ssl.SSLError)):
            await other.get("/api/documents/files", headers=bearer)


async def test_plain_http_is_not_spoken(secured: Secured):
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.TransportError):
            await client.get(f"http://localhost:{secured.gateway.settings['GATEWAY_PUBLIC_PORT']}/health")


async def test_a_service_that_shows_another_authoritys_certificate_gets_nothing(
    secured: Secured, bearer: dict[str, str]
):
    received = bytearray()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.extend(await reader.read())
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(secured.folder / "stranger" / "tls.crt", secured.folder / "stranger" / "tls.key")
    async with await asyncio.start_server(take, "127.0.0.1", 0, ssl=context) as impostor:
        port = {"GATEWAY_NOTICES_PORT": str(impostor.sockets[0].getsockname()[1])}
        folder = secured.folder / "impostor"
        folder.mkdir()
        changed = dict(secured.gateway.settings) | fresh_ports() | port
        async with running(changed, folder) as gateway, Secured(gateway, secured.folder).client("PUBLIC") as browser:
            answer = await browser.post("/api/notices/todos", headers=bearer, json={"a": "price"})
    assert answer.status_code == 503
    assert received == b""
