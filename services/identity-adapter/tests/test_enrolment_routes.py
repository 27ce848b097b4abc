"""Who reads the mirror of the enrolment record, and who brings a file, through the edge."""

import pytest
import pytest_asyncio
from sqlalchemy import select

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Fence
from chassis.tables import audit
from identity_adapter.enrolment.table import COLUMNS
from identity_adapter.enrolment.use_cases import take_over
from identity_adapter.keys.tokens import TokenMint
from identity_adapter.roles.table import role_table
from tests.enrolment.records import DANA, record

pytestmark = pytest.mark.database
LOCATIONS, RECORDS, IMPORTS = (f"/api/identity/enrolment{rest}" for rest in ("s", "-records", "-imports"))
MINE, SISTER, OTHER = "9000000101", "9000000102", "9000000201"
FILE = (
    ",".join(COLUMNS) + "\n" + f"{MINE},{record().npi},90-0000001,Renamed Sample,1 Sample Street,Annapolis,MD,21401,,"
    "active|2020-01-01|,,,,AO|Dana|Whitlock-Sample|900-00-0101|1970-02-03||\n" + "too,short\n"
)


@pytest_asyncio.fixture
async def mirror(adapter):
    async with adapter.database.writing(Fence.system(), Actor.system("test")) as session:
        await take_over(session, [record(MINE), record(SISTER), record(OTHER, tin="900000002")])
    return adapter


def bearer(adapter, role: str, organization: str | None = None, user_id: str = "SYSADMIN19") -> dict[str, str]:
    token, _ = TokenMint(adapter.settings).token(
        adapter.app.state.token_keys.current(),
        user_id=user_id,
        kind="person" if organization else "staff",
        name="Somebody",
        permissions=role_table().permissions_of(role),
        role=role,
        organization_id=adapter.organizations[organization].id if organization else None,
        at=machine_time.now(),
    )
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("role", ["AO", "BAO", "EU"])
async def test_a_member_reads_the_locations_of_the_organization_page_by_page(mirror, browser, role):
    member = bearer(mirror, role, "a")
    first = (await browser.get(LOCATIONS, params={"limit": 1}, headers=member)).json()
    second = (await browser.get(LOCATIONS, params={"limit": 1, "after": first["next"]}, headers=member)).json()
    assert [item["ptan"] for page in (first, second) for item in page["items"]] == [MINE, SISTER]
    assert second["next"] is None
    assert first["items"][0]["status"] == "active"
    assert first["items"][0]["licences"][0]["state"] == "MD"


async def test_a_member_is_told_neither_the_tin_nor_an_official(mirror, browser):
    answer = await browser.get(f"{LOCATIONS}/{MINE}", headers=bearer(mirror, "AO", "a"))
    assert answer.status_code == 200
    assert not {"tin", "officials", "organization_id"} & answer.json().keys()
    assert "900000001" not in answer.text


@pytest.mark.parametrize("ptan", [OTHER, "9999999999"])
async def test_another_organizations_location_is_not_found(mirror, browser, ptan):
    assert (await browser.get(f"{LOCATIONS}/{ptan}", headers=bearer(mirror, "AO", "a"))).status_code == 404


@pytest.mark.parametrize("role", ["AUDITOR", "SYSTEM_ADMINISTRATOR"])
async def test_staff_read_every_record_with_the_names_of_its_officials(mirror, browser, role):
    staff = bearer(mirror, role)
    listed = (await browser.get(RECORDS, headers=staff)).json()["items"]
    assert [item["ptan"] for item in listed] == [MINE, SISTER, OTHER]
    one = await browser.get(f"{RECORDS}/{MINE}", headers=staff)
    (official,) = one.json()["officials"]
    assert (official["kind"], official["family_name"]) == ("AO", DANA["family_name"])
    assert one.json()["organization_id"] == str(mirror.organizations["a"].id)
    assert "digest" not in one.text


@pytest.mark.parametrize("role", ["CUSTOMER_SERVICE", "EVALUATION_ANALYST", "AUDITOR"])
async def test_only_the_system_administrator_brings_a_file(mirror, browser, role):
    assert (await browser.post(IMPORTS, content=FILE, headers=bearer(mirror, role))).status_code == 403


async def test_a_file_is_taken_and_its_bad_rows_are_told(mirror, browser):
    answer = await browser.post(IMPORTS, content=FILE, headers=bearer(mirror, "SYSTEM_ADMINISTRATOR"))
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "rows": 2,
            "added": 0,
            "changed": 1,
            "unchanged": 0,
            "refused": 1,
            "errors": [
                {
                    "line": 3,
                    "column": None,
                    "message": "The row has 2 cells, and the first line names 14 columns.",
                }
            ],
            "errors_left_out": 0,
        },
    )
    again = await browser.post(IMPORTS, content=FILE, headers=bearer(mirror, "SYSTEM_ADMINISTRATOR"))
    assert (again.json()["changed"], again.json()["unchanged"]) == (0, 1)
    async with mirror.database.reading(Fence.system()) as session:
        rows = await session.execute(select(audit.c.actor_id).where(audit.c.action == "enrolment-import.take"))
        assert {row.actor_id for row in rows} == {"SYSADMIN19"}


async def test_a_file_that_cannot_be_read_is_a_problem_one_can_act_on(mirror, browser):
    answer = await browser.post(IMPORTS, content=b"", headers=bearer(mirror, "SYSTEM_ADMINISTRATOR"))
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:connexion:problem:file-is-empty")
