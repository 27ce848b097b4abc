"""B16: a page of the Document Center's list, of an organization with 1,000, with 10,000 and with 100,000 documents.

The first page and one in the middle, through the edge with its token, its role check and its fence. The time of a page
must not grow with the list: 100,000 ÷ the shorter ones.
"""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import asyncpg
import httpx

from deploy.local.ports import LOCALHOST
from tests.bench.apart import Apart, nothing
from tests.bench.measuring import OURS, Goal, Plan, Row, quantile, take_turns
from tests.bench.people import token
from tests.bench.stage import Stage
from tests.bench.upload import documents, edge_port, open_slots
from tests.documents.house import House

SIZES = {OURS: 100_000, "10,000 documents": 10_000, "1,000 documents": 1_000}
GROWS_AT_MOST = 1.25
PATH = "/api/documents/files"


@dataclass
class Filled:
    """An organization with its documents, and the link to the page in their middle."""

    organization: UUID
    middle: str
    bearer: str = field(default="", repr=False)


async def fill(held: tuple[House, int], slot: UUID, organization: UUID, count: int) -> str:
    """Put so many received documents into a slot, one a second, and return the link to the page in their middle."""
    house, _ = held
    async with house.superuser() as admin:
        await admin.execute(_FILES, slot, organization, count)
        await admin.execute("vacuum analyze file")
        row: asyncpg.Record = await admin.fetchrow(
            "select received_at, id from file where slot_id = $1 order by received_at, id offset $2 limit 1",
            *(slot, count // 2),
        )
    cursor = json.dumps([str(row["received_at"]), str(row["id"])]).encode()
    return base64.urlsafe_b64encode(cursor).decode().rstrip("=")


async def read_pages(_: None, port: int, bearer: str, after: str | None, times: int) -> float:
    """Read the same page so many times; return the median in milliseconds."""
    headers, params = {"Authorization": f"Bearer {bearer}"}, {"limit": "25"} | ({"after": after} if after else {})
    taken = []
    async with httpx.AsyncClient(base_url=f"http://{LOCALHOST}:{port}", headers=headers, timeout=60) as client:
        for _time in range(times):
            began = time.perf_counter()
            answer = await client.get(PATH, params=params)
            taken.append((time.perf_counter() - began) * 1000)
            answer.raise_for_status()
            if len(answer.json()["items"]) != 25:
                msg = "a page is not full"
                raise ValueError(msg)
    return quantile(taken, 0.5)


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure the first page and the one in the middle."""
    made = stage.database("documents", "documents_svc")
    folder = stage.folder / "lists"
    folder.mkdir()
    with ExitStack() as stack:
        edge = stack.enter_context(Apart("lists-edge", documents, made.login_url, made.admin_url, str(folder)))
        reader = stack.enter_context(Apart("lists-reader", nothing))
        port, lists = edge.ask(edge_port).value, {}
        for side, count in SIZES.items():
            organization = uuid4()
            [slot] = edge.ask(open_slots, [organization], 1).value
            middle = edge.ask(fill, slot, organization, count).value
            lists[side] = Filled(organization, middle, token(organization, "document.view"))
        times = plan.count(full=60, quick=10)
        for place, is_first in (("first page", True), ("page in the middle", False)):

            def page(filled: Filled, first: bool = is_first) -> float:
                after = None if first else filled.middle
                return float(reader.ask(read_pages, port, filled.bearer, after, times).value)

            for filled in lists.values():
                page(filled)
            samples = take_turns(plan.rounds, {side: lambda of=filled: page(of) for side, filled in lists.items()})
            goals = {side: Goal(GROWS_AT_MOST, at_most=True) for side in lists if side != OURS}
            yield Row(f"B16 list of 100,000 documents, {place}", " ms p50", samples, goals=goals)


_FILES = """
    insert into file (id, organization_id, slot_id, slot_subject, uploaded_by, filename, nickname, includes, sha256,
                      size, started_at, received_at, verdict, state, receipt_number, pieces, check_tries, first_version)
    select id, $2, $1, 'bench', 'DWHITLOCK01', 'report.pdf', '', 'a score', md5(id::text) || md5(id::text),
           1000, at, at, 'in-time', 'ACCEPTED', id::text, '[]', 0, id
      from (select gen_random_uuid() as id, now() - n * interval '1 second' as at
              from generate_series(1, $3::int) as n) as made
"""
