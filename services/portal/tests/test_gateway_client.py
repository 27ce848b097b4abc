"""The portal shows the gateway who it is where it has a certificate, and believes no other gateway."""

import asyncio
import ssl

import httpx
import pytest

from portal.gateway import gateway_client
from tests.infrastructure.certificates import make_certificate


@pytest.fixture
async def gateway(tmp_path, monkeypatch):
    """A listener that wants the portal's certificate, as the gateway's internal one does in production."""
    gateways, portals = make_certificate(tmp_path, "gateway"), make_certificate(tmp_path, "portal")
    monkeypatch.setenv("SSL_CERT_FILE", str(gateways.chain))
    wants = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=portals.chain)
    wants.load_cert_chain(gateways.chain, gateways.key)
    wants.verify_mode = ssl.CERT_REQUIRED

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=wants)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", portals


async def test_the_gateway_lets_the_portal_in_by_its_certificate(gateway):
    url, portals = gateway
    async with gateway_client(url, certificate=(portals.chain, portals.key)) as client:
        assert (await client.get("/")).status_code == 204


async def test_without_its_certificate_the_portal_is_nobody(gateway):
    url, _ = gateway
    async with gateway_client(url) as client:
        with pytest.raises(httpx.TransportError):
            await client.get("/")


async def test_the_portal_believes_no_gateway_that_nobody_vouches_for(gateway, monkeypatch):
    url, portals = gateway
    monkeypatch.delenv("SSL_CERT_FILE")
    async with gateway_client(url, certificate=(portals.chain, portals.key)) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/")
