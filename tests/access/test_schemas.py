"""schemathesis against every OpenAPI document: no server error, no status and no body the document does not know.

The cases are the same in every run (derandomized). They are sent with a token that holds every permission, and with
rows of the asker's organization in the database.
"""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.access.edges import NO_DATABASE, edge_of
from tests.access.tokens import EVERYTHING, MINE, token
from tests.infrastructure.databases import PACKAGES

pytestmark = pytest.mark.database
CASES = 12
SENT = ("method", "url", "headers", "params", "json", "data", "files")
CHECKS = [status_code_conformance, response_schema_conformance]


def cases_of(service: str) -> list[Case[Any]]:
    document = edge_of(service, NO_DATABASE).openapi()
    cases: list[Case[Any]] = []
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @settings(
            max_examples=CASES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def collect(case: Case[Any]) -> None:
            cases.append(case)

        collect()
    return cases


async def send(client: httpx.AsyncClient, case: Case[Any]) -> httpx.Response:
    told = case.as_transport_kwargs(base_url="http://edge")
    for_staff = case.operation.definition.raw["x-permission"].startswith("staff.")
    bearer = token(permissions=EVERYTHING, organization_id=None if for_staff else MINE)
    told["headers"] = {**told["headers"], "Authorization": f"Bearer {bearer}"}
    request = {name: told[name] for name in SENT if told.get(name) is not None}
    if "text/event-stream" in case.operation.definition.raw["responses"].get("200", {}).get("content", {}):
        request["params"] = {**request.get("params", {}), "once": True}  # this client waits for the end of an answer
    if isinstance(request.get("data"), bytes | str):
        request["content"] = request.pop("data")
    if isinstance(request.get("files"), list):
        request["files"] = [(name, _as_part(part)) for name, part in request["files"]]
    made = client.build_request(**request)
    await made.aread()  # schemathesis looks at what was sent
    return await client.send(made)


def _as_part(part: object) -> object:
    """A part of a form as the client takes it: text or bytes, alone or behind its file name."""
    if isinstance(part, tuple):
        return (part[0], _as_part(part[1]), *part[2:])
    return part if isinstance(part, bytes | str) else str(part)


@schemathesis.serializer("application/offset+octet-stream")
def plain_bytes(_context: object, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def is_a_server_error(answer: httpx.Response) -> bool:
    """Whether it is one of ours: that the identity provider is away, as it is here, has an answer of its own."""
    return answer.status_code >= 500 and answer.json()["type"] != "urn:connexion:problem:sign-in-unavailable"


@pytest.mark.parametrize("service", sorted(PACKAGES))
async def test_no_answer_is_outside_the_openapi_document(edges, service):
    cases = cases_of(service)
    assert cases
    for case in cases:
        answer = await send(edges[service].client, case)
        assert not is_a_server_error(answer), answer.text
        case.validate_response(answer, checks=CHECKS)
