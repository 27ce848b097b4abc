import pytest

from tests.documents.house import MIB, TUS

pytestmark = pytest.mark.database
DAYS = 24 * 60


@pytest.fixture
async def strict(open_house):
    """A house where one person may have two uploads open."""
    return await open_house(open_uploads_per_person=2)


@pytest.fixture
async def counting(open_house):
    """A house where one person may begin three files within a day, an organization four, of 100 MiB together."""
    return await open_house(
        files_per_person_per_day=3, files_per_organization_per_day=4, bytes_per_organization_per_day=100 * MIB
    )


async def refusal(person, slot, size: int) -> tuple[int, str]:
    answer = await person.begin(slot, size)
    return answer.status_code, answer.json()["type"].removeprefix("urn:connexion:problem:")


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


async def test_too_many_bytes_within_a_day_are_refused(open_house):
    house = await open_house(bytes_per_person_per_day=100 * MIB)
    person = await house.person()
    slot = await house.slot(person.organization, closes=10 * DAYS)
    for _ in range(2):
        assert (await person.begin(slot, 40 * MIB)).status_code == 201
    assert await refusal(person, slot, 40 * MIB) == (429, "person-sent-too-much")


async def test_too_many_files_within_a_day_are_refused_by_person_and_by_organization(counting):
    person = await counting.person()
    colleague = await counting.person(person.organization, user="SOMEBODY")
    slot = await counting.slot(person.organization, closes=10 * DAYS)
    begun = [await person.begun(slot, 10) for _ in range(3)]
    assert await refusal(person, slot, 10) == (429, "person-sent-too-much")
    assert (await colleague.begin(slot, 10)).status_code == 201
    assert await refusal(colleague, slot, 10) == (429, "organization-sent-too-much")
    elsewhere = await counting.person()
    assert (await elsewhere.begin(await counting.slot(elsewhere.organization), 10)).status_code == 201
    await person.client.delete(begun[0], headers=TUS)
    assert (await colleague.begin(slot, 10)).status_code == 201


async def test_too_many_bytes_of_an_organization_are_refused_whoever_of_it_sends(counting):
    person = await counting.person()
    colleague = await counting.person(person.organization, user="SOMEBODY")
    slot = await counting.slot(person.organization, closes=10 * DAYS)
    for sender in (person, colleague):
        assert (await sender.begin(slot, 45 * MIB)).status_code == 201
    assert await refusal(colleague, slot, 45 * MIB) == (429, "organization-sent-too-much")
    assert (await colleague.begin(slot, 5 * MIB)).status_code == 201


async def test_what_was_begun_more_than_a_day_ago_does_not_count(counting):
    person = await counting.person()
    slot = await counting.slot(person.organization, closes=10 * DAYS)
    for _ in range(3):
        await person.begun(slot, 10)
    async with counting.superuser() as connection:
        await connection.execute("update upload set started_at = started_at - interval '25 hours'")
    assert (await person.begin(slot, 10)).status_code == 201


async def test_near_the_close_the_allowance_is_generous(strict):
    person = await strict.person()
    due = await strict.slot(person.organization, closes=60)
    assert [(await person.begin(due, 10)).status_code for _ in range(8)] == [201] * 8
    assert (await person.begin(due, 10)).status_code == 429
