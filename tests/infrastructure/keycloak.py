"""Another OpenID Connect provider than the stand-in: Keycloak, by its Maven coordinates, on the platform's Java.

It is fetched and built once (some 170 MB in the cache of `deploy.local`); each start keeps its data in memory.
"""

import html
import json
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.local.cache import cache_folder, only_one_fetches
from deploy.local.java import find_java
from deploy.local.ports import LOCALHOST, free_port, says_ok
from deploy.local.program import Program, Running, tail
from deploy.local.trouble import Trouble

VERSION = "26.4.0"
COORDINATES = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
REALM = "program"
CLIENT_ID = "connexion"
ASSURED = "urn:example:assured"
"""The name that this provider gives to the assurance of a sign-in with a password."""
COMPLETE = ".complete"
"""A file written last: a folder without it was left half filled."""


@dataclass(frozen=True)
class Keycloak:
    """A running Keycloak with one client and one person, and what a relying party must know of it."""

    issuer: str
    client_secret: str
    user_id: str
    password: str

    def browser(self) -> httpx.Client:
        """Return a browser: to `http://localhost` it sends secure cookies too, as browsers do."""
        made = httpx.Client()

        def also_secure_ones(_response: httpx.Response) -> None:
            for cookie in made.cookies.jar:
                cookie.secure = False

        made.event_hooks = {"response": [also_secure_ones]}
        return made

    def sign_in(self, browser: httpx.Client, start: str) -> str:
        """Follow `start` to the sign-in form, fill it in, and return the address the person is sent back to."""
        form = browser.get(start, follow_redirects=True)
        found = re.search(r'<form id="kc-form-login".*? action="([^"]+)"', form.text, re.DOTALL)
        assert found, f"no sign-in form, but {form.status_code} at {form.url}"
        filled_in = {"username": self.user_id, "password": self.password}
        return browser.post(html.unescape(found.group(1)), data=filled_in).headers["location"]


@contextmanager
def keycloak(redirect_uri: str, post_logout_uri: str) -> Iterator[Keycloak]:
    """Run a Keycloak that sends its one person back to the given addresses only.

    Raises:
        Trouble: it cannot be had here
    """
    folder, port, admin = _built(), free_port(), secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="connexion-keycloak-") as logs:
        server = Running(_program(folder, port, admin), Path(logs) / "keycloak.log").start(within=180)
        try:
            yield _with_a_realm(f"http://localhost:{port}", admin, redirect_uri, post_logout_uri)
        finally:
            server.kill()  # it keeps nothing, and takes its time to end


def _program(folder: Path, port: int, admin: str) -> Program:
    return Program(
        name="keycloak",
        command=(
            *(str(folder / "bin" / "kc.sh"), "start", "--optimized", "--cache=local"),
            *("--http-enabled=true", "--hostname-strict=false", f"--http-host={LOCALHOST}", f"--http-port={port}"),
        ),
        environment=_java()
        | {"KC_BOOTSTRAP_ADMIN_USERNAME": "admin", "KC_BOOTSTRAP_ADMIN_PASSWORD": admin}
        | {"JAVA_OPTS_KC_HEAP": "-Xms128m -Xmx400m"},
        ready=lambda: says_ok(port, "/realms/master"),
        folder=folder,
    )


def _with_a_realm(server: str, admin: str, redirect_uri: str, post_logout_uri: str) -> Keycloak:
    made = Keycloak(
        issuer=f"{server}/realms/{REALM}",
        client_secret=secrets.token_urlsafe(24),
        user_id="DWHITLOCK01",
        password=secrets.token_urlsafe(12),
    )
    signed_in = httpx.post(
        f"{server}/realms/master/protocol/openid-connect/token",
        data={"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": admin},
    )
    bearer = {"Authorization": f"Bearer {signed_in.raise_for_status().json()['access_token']}"}
    realm = _realm(made, redirect_uri, post_logout_uri)
    httpx.post(f"{server}/admin/realms", headers=bearer, json=realm, timeout=60).raise_for_status()
    return made


def _realm(keycloak: Keycloak, redirect_uri: str, post_logout_uri: str) -> Mapping[str, object]:
    """Return a realm as an administrator would set it up for a confidential client with PKCE."""
    return {
        "realm": REALM,
        "enabled": True,
        "sslRequired": "none",
        "attributes": {"acr.loa.map": json.dumps({ASSURED: 1})},
        "clients": [
            {
                "clientId": CLIENT_ID,
                "secret": keycloak.client_secret,
                "publicClient": False,
                "directAccessGrantsEnabled": False,
                "redirectUris": [redirect_uri],
                "attributes": {
                    "pkce.code.challenge.method": "S256",
                    "post.logout.redirect.uris": post_logout_uri,
                },
            }
        ],
        "users": [
            {
                "username": keycloak.user_id.lower(),
                "enabled": True,
                "firstName": "Dana",
                "lastName": "Whitlock-Sample",
                "email": "dana@a.example",
                "emailVerified": True,
                "credentials": [{"type": "password", "value": keycloak.password, "temporary": False}],
            }
        ],
    }


def _built() -> Path:
    """Return the distribution, unpacked and built, fetching it the first time. Raises Trouble."""
    folder = cache_folder() / f"keycloak-{VERSION}"
    with only_one_fetches("keycloak"):
        if not (folder / COMPLETE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            _fetch(folder)
            log = folder / "build.log"
            with log.open("wb") as output:
                command = [str(folder / "bin" / "kc.sh"), "build", "--db=dev-mem"]
                built = subprocess.run(
                    command, env={**os.environ, **_java()}, stdout=output, stderr=output, check=False
                )
            if built.returncode:
                msg = f"Keycloak could not be built; the end of {log}:\n{tail(log)}"
                raise Trouble(msg)
            (folder / COMPLETE).touch()
    return folder


def _fetch(folder: Path) -> None:
    mvn = shutil.which("mvn")
    if mvn is None:
        msg = "Keycloak is fetched by its Maven coordinates, and mvn is not installed"
        raise Trouble(msg)
    with tempfile.TemporaryDirectory() as here:
        fetched = subprocess.run(
            [mvn, "-q", "-B", "dependency:copy", f"-Dartifact={COORDINATES}", f"-DoutputDirectory={here}"],
            cwd=here,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if fetched.returncode != 0:
            said = (fetched.stdout or fetched.stderr).strip().splitlines()[0]
            msg = f"Keycloak could not be fetched by its Maven coordinates: {said}"
            raise Trouble(msg)
        with zipfile.ZipFile(Path(here) / f"keycloak-quarkus-dist-{VERSION}.zip") as packed:
            packed.extractall(here)
        shutil.move(Path(here) / folder.name, folder)
    (folder / "bin" / "kc.sh").chmod(0o755)


def _java() -> dict[str, str]:
    return {"JAVA_HOME": str(find_java().resolve().parents[1])}
