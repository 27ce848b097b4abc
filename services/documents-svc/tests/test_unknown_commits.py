"""A commit whose answer was lost: the file is there once, and whoever asks again is told so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.chaos.proxy import Act, FaultProxy, Statement, fault_proxy
from tests.documents.house import House, Person, running_edge, signature, token
from tests.documents.pdfs import pdf

pytestmark = pytest.mark.database
FORM = signature() | {"includes": "a score"}


def cut_after_commits(proxy: FaultProxy, times: int) -> None:
    """Cut the line after PostgreSQL has committed a receipt, and before it can say so."""

    async def cut(statement: Statement) -> Act:
        if proxy.cut >= times or not (statement.is_commit and statement.follows("INSERT INTO receipt")):
            return Act.PASS
        await statement.run()
        return Act.CUT

    proxy.harm = cut


@asynccontextmanager
async def sender_through(house: House, proxy: FaultProxy) -> AsyncIterator[Person]:
    """Somebody whose edge reaches its database through the proxy."""
    url = house.settings.database_url.replace(f":{urlsplit(house.admin_url).port}/", f":{proxy.port}/")
    async with running_edge(house.settings.model_copy(update={"database_url": url})) as edge:
        organization = uuid4()
        yield Person(edge.client(token(organization)), organization)


async def test_a_form_whose_commit_nobody_answered_is_answered_and_taken_in_once(house: House) -> None:
    async with fault_proxy(urlsplit(house.admin_url).port or 0) as proxy, sender_through(house, proxy) as sender:
        slot = await house.slot(sender.organization, max_files=20)
        cut_after_commits(proxy, 1)
        answers = [
            await sender.client.post(
                f"/api/documents/slots/{slot}/files",
                data=FORM,
                files={"file": ("report.pdf", pdf(), "application/pdf")},
                headers={"Idempotency-Key": "once"},
            )
            for _ in range(2)
        ]
        assert proxy.cut == 1
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json()["id"] == answers[1].json()["id"]
        assert len(await house.said("document-received")) == 1


async def test_the_last_byte_whose_commit_nobody_answered_gets_its_receipt(house: House) -> None:
    async with fault_proxy(urlsplit(house.admin_url).port or 0) as proxy, sender_through(house, proxy) as sender:
        slot = await house.slot(sender.organization)
        cut_after_commits(proxy, 1)
        answer = await sender.upload(slot, pdf())
        assert (answer.status_code, proxy.cut) == (204, 1)
        assert len(await house.said("document-received")) == 1
