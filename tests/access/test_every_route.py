"""Every route of every service, asked by every role: of the own organization, of another one, suspended, signed out.

What the role table says is what each cell is compared with. Requests that may write do write, and are undone before
the next one: every cell meets the same rows.
"""

from contextlib import nullcontext

import httpx
import pytest

from tests.access.edges import Route, routes
from tests.access.examples import COMMITS, OF_A_PERSON, SEEN_WITH, SHARED_LISTS, SHARED_THINGS
from tests.access.standing import ASKERS, Asker, Standing, revoke

pytestmark = pytest.mark.database
PROTECTED = [route for route in routes() if not route.is_public]
ENDED = {Standing.SUSPENDED, Standing.REVOKED}


@pytest.mark.parametrize("route", PROTECTED, ids=lambda route: route.name)
async def test_a_route_lets_in_whom_the_role_table_names_and_shows_what_is_theirs(edges, route):
    edge = edges[route.service]
    await revoke(edge.app.state.database, edge.organization_id)
    await edge.app.state.verifier.refresh()
    about = {"organization_id": edge.organization_id, "session_id": edge.session_id, "ticket_id": edge.ticket_id}
    wrong = []
    with nullcontext() if route.name in COMMITS else edge.undoing():
        for asker in ASKERS:
            for standing in asker.standings:
                answer = await edge.ask(route, asker.token(standing, **about))
                if fault := fault_of(route, asker, standing, answer):
                    wrong.append(
                        f"{asker.name}, {standing.value}: {fault}, but {answer.status_code} {answer.text[:200]}"
                    )
    assert not wrong, "\n".join([route.name, *wrong])


def fault_of(route: Route, asker: Asker, standing: Standing, answer: httpx.Response) -> str | None:
    """What should have been answered instead; None when all is well. The order is 401, 403, then 404 or 422."""
    if standing in ENDED:
        return None if answer.status_code == 401 else "401"
    if not route.is_for_everybody_signed_in and route.permission not in asker.permissions:
        return None if is_refused(answer) else "403"
    if answer.status_code == 401 or answer.status_code >= 500:
        return "let in"
    if is_refused(answer) and not route.is_for_everybody_signed_in:
        return "let in"
    return fault_in_what_is_shown(route, asker, standing, answer)


def fault_in_what_is_shown(route: Route, asker: Asker, standing: Standing, answer: httpx.Response) -> str | None:
    """The same for somebody who was let in: the rows that stand there, or none."""
    if route.names_a_resource:
        shown = answer.status_code not in {403, 404}
    elif route.is_list:
        shown = bool(answer.json()["items"])
    else:
        return None
    expected = is_shown(route, asker, standing)
    return None if shown == expected else "what stands there" if expected else "nothing there"


def is_refused(answer: httpx.Response) -> bool:
    """Whether the door refused for want of the permission (HEAD has no words)."""
    if answer.status_code != 403 or not answer.content:
        return answer.status_code == 403
    return bool(answer.json()["type"] == "urn:connexion:problem:not-allowed")


def is_shown(route: Route, asker: Asker, standing: Standing) -> bool:
    """Whether the row that stands there is this asker's to see."""
    if route.name in SHARED_LISTS | SHARED_THINGS:
        return True
    if standing is Standing.ANOTHER:
        return False
    if route.name in OF_A_PERSON or not route.is_for_everybody_signed_in:
        return True
    return bool(SEEN_WITH[route.name] & asker.permissions)
