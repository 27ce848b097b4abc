"""The identity provider stand-in for tests, on either provider: it is our own code, so it is always a local process."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.local import idp
from deploy.local.ports import free_port
from deploy.local.program import Running


@dataclass(frozen=True)
class IdentityProvider:
    """A running stand-in, and what a relying party must know of it."""

    issuer: str
    client_id: str
    client_secret: str
    people: Sequence[Mapping[str, str]]
    """Each with user_id, password, given_name, family_name and email."""
    server: Running

    def sign_in(self, browser: httpx.Client, start: str, person: Mapping[str, str]) -> str:
        """Follow `start` to the sign-in form, fill it in, and return the address the person is sent back to."""
        form = browser.get(start, follow_redirects=True)
        answer = browser.post(form.url, data={"user_id": person["user_id"], "password": person["password"]})
        while answer.is_redirect and str(answer.next_request.url).startswith(self.issuer):  # type: ignore[union-attr]
            answer = browser.get(answer.next_request.url)  # type: ignore[union-attr]
        return answer.headers["location"]


@contextmanager
def identity_provider(redirect_uri: str, post_logout_uri: str = "http://localhost:1/") -> Iterator[IdentityProvider]:
    """Run a stand-in with two people that sends them back to the given address only."""
    people = [
        {"user_id": "DWHITLOCK01", "given_name": "Dana", "family_name": "Whitlock-Sample", "email": "dana@a.example"},
        {"user_id": "MOKAFOR02", "given_name": "Miriam", "family_name": "Okafor-Example", "email": "miriam@b.example"},
    ]
    people = [person | {"password": f"pass-of-{person['user_id']}"} for person in people]
    with tempfile.TemporaryDirectory(prefix="connexion-idp-") as folder:
        data, port = Path(folder), free_port()
        secret = idp.prepare(data, port, people, idp.Client((redirect_uri,), (post_logout_uri,)))
        with Running(idp.program(data, port), data / "idp.log") as server:
            yield IdentityProvider(idp.issuer(port), idp.CLIENT_ID, secret, people, server)
