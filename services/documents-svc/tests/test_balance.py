from datetime import timedelta
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from chassis import program_time
from chassis.database import Fence
from chassis.errors import NotFound
from chassis.sweeps import Sweep, run_once
from documents_svc.balance.balance import Limits, balance_at
from documents_svc.balance.watch import watch_balance
from documents_svc.files.use_cases import take_file
from tests.documents import pdfs

pytestmark = [pytest.mark.database, pytest.mark.slow]
LIMIT = timedelta(minutes=15)


async def struck(house, later=timedelta(0)):
    async with house.database.reading(Fence.staff()) as session:
        return await balance_at(session, program_time.now() + later, Limits(LIMIT, LIMIT))


def told(metric, **labels):
    return REGISTRY.get_sample_value(metric, labels)


async def taken(house, person, file_id):
    async with house.as_worker(person.organization) as session:
        await take_file(session, file_id, "requirement:1")


@pytest.fixture
async def sent(open_house, scanner):
    """A house with three files: one taken, one waiting, one rejected."""
    house = await open_house(clamd_address=f"{scanner.host}:{scanner.port}")
    person = await house.person()
    slot = await house.slot(person.organization, max_files=9)
    files = [await person.file(slot, content) for content in (pdfs.pdf(), pdfs.pdf(2), pdfs.encrypted())]
    for file_id in files:
        await house.checked(file_id)
    await taken(house, person, files[0])
    return house, person, files


async def test_accepted_is_taken_and_waiting_and_refused(sent):
    house, _, _ = sent
    balance = await struck(house)
    assert (balance.accepted, balance.taken, balance.waiting, balance.refused) == (3, 1, 1, 1)
    assert (balance.holes, balance.findings) == (0, [])


async def test_a_file_nobody_took_shows_when_its_limit_is_over(sent):
    house, person, files = sent
    late = await struck(house, LIMIT + timedelta(minutes=1))
    assert [(finding.kind, finding.id) for finding in late.findings] == [("not taken", str(files[1]))]
    await taken(house, person, files[1])
    assert (await struck(house, LIMIT + timedelta(minutes=1))).findings == []


async def test_an_answer_said_twice_counts_once(sent):
    house, person, files = sent
    await taken(house, person, files[0])
    assert (await struck(house)).taken == 1
    assert len(await house.rows("select 1 from audit where action = 'file.take'")) == 1


async def test_an_answer_for_a_file_we_never_had_is_loud(sent):
    house, person, _ = sent
    with pytest.raises(NotFound):
        await taken(house, person, uuid4())


@pytest.mark.parametrize(
    ("planted", "kind"),
    [
        ("delete from file where id = :id", "receipt without file"),
        ("delete from receipt where file_id = :id", "file without receipt"),
        ("update file set state = 'SCANNING', taken_at = now() where id = :id", "not checked"),
        ("update slot set late_until = now() - interval '1 day'", "not settled"),
    ],
)
async def test_a_planted_hole_is_named(sent, planted, kind):
    house, _, files = sent
    async with house.superuser() as connection:
        await connection.execute(planted.replace(":id", f"'{files[1]}'"))
    balance = await struck(house, timedelta(minutes=16))
    named = {finding.kind: finding.id for finding in balance.findings}
    assert kind in named
    assert (balance.holes > 0) == (kind == "receipt without file")


async def test_operators_are_told_of_a_hole_by_the_metrics_of_a_worker(sent):
    house, _, files = sent
    watch = Sweep("watch the balance", 30, watch_balance)
    assert await run_once(watch, house.database) == 0
    assert told("connexion_balance_holes") == 0
    async with house.superuser() as connection:
        await connection.execute(f"delete from file where id = '{files[1]}'")
        await connection.execute(f"update file set state = 'SCANNING' where id = '{files[0]}'")
    await run_once(watch, house.database)
    assert told("connexion_balance_holes") == 1
    assert told("connexion_balance_findings", kind="receipt without file") == 1
    assert told("connexion_balance_findings", kind="not taken") == 0
    assert told("connexion_scans_waiting") == 1


async def test_staff_read_the_balance_and_nobody_else(sent):
    house, person, _ = sent
    analyst = await house.person(kind="staff", user="ANALYST01", permissions=("staff.document.view",))
    assert (await analyst.get("/balance"))["accepted"] == 3
    assert (await person.client.get("/api/documents/balance")).status_code == 403


async def test_a_file_refused_as_too_late_was_never_accepted(house):
    person = await house.person()
    await person.file(await house.slot(person.organization), pdfs.pdf())
    async with house.superuser() as connection:
        await connection.execute("update receipt set verdict = 'refused'")
        await connection.execute("update file set verdict = 'refused', state = 'REFUSED'")
    balance = await struck(house, timedelta(hours=5))
    assert balance.accepted == 0
