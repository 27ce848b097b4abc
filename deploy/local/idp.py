"""The identity provider stand-in of `deploy/idp`: its configuration file, and how it is started."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from deploy.local.node import node, npm_install
from deploy.local.ports import says_ok
from deploy.local.program import Program

FOLDER = Path(__file__).parents[1] / "idp"
CLIENT_ID = "connexion"


@dataclass(frozen=True)
class Client:
    """The one application that may sign people in here, and the addresses it may be sent back to."""

    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()


def issuer(port: int) -> str:
    """Return the stand-in's address, as people's browsers see it."""
    return f"http://localhost:{port}"


def prepare(data: Path, port: int, people: Iterable[Mapping[str, str]], client: Client) -> str:
    """Write the configuration and return the client's secret; keys and secret stay what they were at first.

    Args:
        data: folder of its own, readable by its owner only afterwards
        port: where it will listen
        people: each with user_id, password, given_name, family_name, email
        client: the addresses of the relying party
    """
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    npm_install(FOLDER)
    kept = _secrets(data / "secrets.json")
    (data / "configuration.json").write_text(
        json.dumps(
            {
                "issuer": issuer(port),
                "port": port,
                "storage": str(data / "sessions.sqlite"),
                "jwks": {"keys": kept["keys"]},
                "cookie_keys": kept["cookie_keys"],
                "people": [dict(person) for person in people],
                "clients": [
                    {
                        "client_id": CLIENT_ID,
                        "client_secret": kept["client_secret"],
                        "redirect_uris": client.redirect_uris,
                        "post_logout_redirect_uris": client.post_logout_redirect_uris,
                    }
                ],
            }
        )
    )
    secret: str = kept["client_secret"]
    return secret


def program(data: Path, port: int) -> Program:
    """Describe the stand-in on a prepared folder.

    Raises:
        Trouble: the wheel is not installed
    """
    return Program(
        name="idp",
        command=(str(node()), "--max-old-space-size=64", str(FOLDER / "server.mjs")),
        environment={"IDP_CONFIGURATION": str(data / "configuration.json"), "NODE_NO_WARNINGS": "1"},
        ready=lambda: says_ok(port, "/health"),
        folder=FOLDER,
        stop_within=5,
    )


def _secrets(file: Path) -> dict[str, Any]:
    if not file.exists():
        file.touch(0o600)
        keys: list[RSAKey | ECKey] = [
            RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True),
            ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True),
        ]
        kept = {
            "client_secret": secrets.token_urlsafe(32),
            "cookie_keys": [secrets.token_urlsafe(32)],
            "keys": [key.as_dict(private=True) for key in keys],
        }
        file.write_text(json.dumps(kept))
    read: dict[str, Any] = json.loads(file.read_text())
    return read
