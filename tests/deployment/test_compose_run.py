"""The images and the Compose file carry a document from sign-in to To-Do: object store, scanner, broker and all."""

import json
import os
import random
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from deploy import compose as prepared
from deploy.local.place import REPOSITORY
from tests.chaos.documents import pdf
from tests.chaos.person import Person, UnsureError
from tests.chaos.sender import Upload
from tests.infrastructure.waiting import eventually, until

pytestmark = [
    pytest.mark.skipif(
        "CONNEXION_TEST_COMPOSE" not in os.environ,
        reason="needs all images and ports 8080 and 9400; .ci/run asks for it",
    ),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def platform() -> Iterator[str]:
    prepared.main()
    compose("up", "--detach")
    try:
        until(lambda: healthy(prepared.PUBLIC_URL), within=240, what="the gateway with every service behind it")
        yield prepared.PUBLIC_URL
    except BaseException:
        compose("logs", "--no-color", "--tail", "20")
        raise
    finally:
        compose("down", "--volumes", "--timeout", "40")


@pytest.fixture
async def official(platform: str) -> AsyncIterator[Person]:
    people = json.loads((prepared.FOLDER / "secrets.json").read_text())["people"]
    person = Person(platform, "DWHITLOCK01", people["DWHITLOCK01"])
    await person.sign_in()
    yield person
    await person.close()


async def test_a_document_travels_through_the_containers(official: Person) -> None:
    async def requirement() -> dict[str, Any] | None:
        mine = [entry async for entry in official.pages("/api/bidding/requirements")]
        return next((entry for entry in mine if entry["document"] == "business-credit-report"), None)

    async def with_open_slot() -> dict[str, Any] | None:
        try:
            slots = {slot["id"] async for slot in official.pages("/api/documents/slots")}
            asked = await requirement()
        except UnsureError:  # a service that has just started has yet to hear the key that signed our token
            return None
        return asked if asked and asked["slot_id"] in slots else None

    asked = await eventually(with_open_slot, within=120, what="a requirement with its open slot")
    document = pdf("credit-report", random.Random(1), size=200_000)
    receipt = await Upload(official, asked["slot_id"], document).until_receipted()

    async def accepted() -> bool:
        file = (await official.ask("GET", f"/api/documents/files/{receipt.file_id}")).json()
        return bool(file["state"] == "ACCEPTED")

    async def fulfilled() -> bool:
        now = await requirement()
        return now is not None and now["state"] != asked["state"]

    async def told() -> bool:
        return bool([entry async for entry in official.pages("/api/notices/activity")])

    await eventually(accepted, within=60, what="the scan")
    await eventually(fulfilled, within=60, what="the requirement's update")
    await eventually(told, within=60, what="the activity entry")
    stored = await official.ask("GET", f"/api/documents/files/{receipt.file_id}/content")
    assert stored.content == document.content


def healthy(gateway: str) -> bool:
    paths = [
        "/",
        *(f"/api/{name}/openapi.json" for name in ("identity", "bidding", "documents", "notices", "contracts")),
    ]
    try:
        return all(httpx.get(f"{gateway}{path}", timeout=5).is_success for path in paths)
    except httpx.HTTPError:
        return False


def compose(*arguments: str) -> None:
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
    program = ["docker", "compose"] if plugin else [shutil.which("docker-compose") or "docker-compose"]
    subprocess.run(
        [
            *program,
            *("--project-name", "connexion-test", "--env-file", prepared.FOLDER / "environment"),
            *("--file", REPOSITORY / "deploy" / "compose.yaml", *arguments),
        ],
        check=True,
    )
