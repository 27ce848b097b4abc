import pytest

from tests.documents.house import MIB

pytestmark = pytest.mark.storage
DAYS = 24 * 60


@pytest.fixture
async def strict(open_house):
    """A house where one person may have two uploads open, and begin 100 MiB within a day."""
    return await open_house(open_uploads_per_person=2, bytes_per_person_per_day=100 * MIB)


async def test_too_many_open_uploads_are_refused_by_person(strict):
    person = await strict.person()
    slot = await strict.slot(person.organization, closes=10 * DAYS)
    open_ones = [await person.begun(slot, 10) for _ in range(2)]
    refused = await person.begin(slot, 10)
    assert (refused.status_code, refused.json()["type"]) == (429, "urn:connexion:problem:too-much-under-way")
    assert int(refused.headers["retry-after"]) > 0
    colleague = await strict.person(person.organization, user="SOMEBODY")
    assert (await colleague.begin(slot, 10)).status_code == 201
    await person.send(open_ones[0], 0, b"%PDF-12345")
    assert (await person.begin(slot, 10)).status_code == 201


async def test_too_many_bytes_within_a_day_are_refused(strict):
    person = await strict.person()
    slot = await strict.slot(person.organization, closes=10 * DAYS)
    for _ in range(2):
        assert (await person.begin(slot, 40 * MIB)).status_code == 201
    assert (await person.begin(slot, 40 * MIB)).status_code == 429


async def test_near_the_close_the_allowance_is_generous(strict):
    person = await strict.person()
    due = await strict.slot(person.organization, closes=60)
    assert [(await person.begin(due, 10)).status_code for _ in range(8)] == [201] * 8
    assert (await person.begin(due, 10)).status_code == 429
