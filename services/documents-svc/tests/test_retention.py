from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import program_time
from chassis.calendar import eastern_day
from documents_svc.retention.__main__ import ask
from documents_svc.retention.__main__ import told as written
from documents_svc.retention.erasing import erase_approved
from documents_svc.retention.schedule import due_after, years_later
from documents_svc.retention.use_cases import note_closed
from documents_svc.settlement.use_cases import close_due_slots, settle_closed_slots
from events.records import RecordsClosed
from events.records_schedule import KeptFor, RecordsSchedule
from tests.documents import pdfs

pytestmark = [pytest.mark.database, pytest.mark.slow]

TEN = timedelta(days=3653)
CREDIT, BOND, OTHERS, FOURTH, FIFTH = (pdfs.pdf(pages) for pages in range(1, 6))
ADMINISTRATOR = ("staff.records.view", "staff.records.propose")
OFFICER = ("staff.records.view", "staff.records.approve", "staff.hold.decide")


@given(st.dates(date(2019, 1, 1), date(2100, 1, 1)), st.integers(1, 100))
def test_a_record_is_due_on_the_same_day_of_a_later_year(day, years):
    later = years_later(day, years)
    assert (later.year - day.year, later.month) == (years, day.month)
    assert later.day == day.day or (day.month, day.day, later.day) == (2, 29, 28)


def test_its_time_is_over_at_the_end_of_that_day_in_eastern_time():
    closed_at = datetime.fromisoformat("2026-07-01T02:00:00+00:00")  # the evening of 30 June in the East
    assert due_after(closed_at, 10) == datetime.fromisoformat("2036-07-01T04:00:00+00:00")


@pytest.fixture
async def archive(house):
    """A house in which two organizations sent files to round R2021, which was then closed."""
    return await Archive(house).filled()


class Archive:
    """Files of a closed round, and the staff who look after them."""

    def __init__(self, house):
        self.house = house

    async def filled(self):
        self.one, self.two = await self.house.person(), await self.house.person()
        self.report = await self.sent(self.one, CREDIT, document="business-credit-report")
        self.bond = await self.sent(self.one, BOND, document="bid-surety-bond")
        self.other = await self.sent(self.two, OTHERS, document="business-credit-report")
        await self.close("R2021", by_document=(KeptFor(document="bid-surety-bond", years=12),))
        staff = {"kind": "staff", "organization": None}
        self.administrator = await self.house.person(user="ADMIN01", permissions=ADMINISTRATOR, **staff)
        self.officer = await self.house.person(user="OFFICER01", permissions=OFFICER, **staff)
        self.colleague = await self.house.person(user="OFFICER02", permissions=OFFICER, **staff)
        return self

    async def sent(self, person, content, *, records="R2021", **told):
        slot = await self.house.slot(person.organization, records=records, **told)
        words = {"filename": "Q. Sample credit.pdf", "nickname": "Sample's", "includes": "a score"}
        file_id = await person.file(slot, content, **words)
        await self.house.checked(file_id)
        return file_id

    async def close(self, records, *, years=10, by_document=()):
        await self.house.sweep(close_due_slots, program_time.now() + timedelta(hours=3))
        await self.house.sweep(settle_closed_slots, program_time.now() + timedelta(hours=3))
        schedule = RecordsSchedule(years=years, by_document=by_document)
        async with self.house.as_system() as session:
            closed_at = program_time.now() - TEN
            await note_closed(session, RecordsClosed(records=records, closed_at=closed_at, schedule=schedule))

    async def dry_run(self):
        return await self.officer.get("/retention/dry-run")

    async def post(self, who, path, status=201, version=None, **body):
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        answer = await who.client.post(f"/api/documents/retention/{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def approved(self):
        proposed = await self.post(self.administrator, "disposals", due_before=program_time.now().isoformat())
        return await self.post(self.officer, f"disposals/{proposed['id']}/approval", 200, proposed["version"])

    async def carried_out(self):
        """Run the sweep until it finds nothing, and return the newest disposal."""
        while await self.house.sweep(erase_approved, program_time.now()):
            pass
        return (await self.officer.get("/retention/disposals"))["items"][0]

    async def file(self, person, file_id):
        return await person.get(f"/files/{file_id}")

    def bytes_are_there(self, content):
        """Whether any file under the house's folders holds these bytes."""
        folders = (self.house.settings.partial_folder, self.house.settings.store_url.removeprefix("file://"))
        paths = (path for folder in folders for path in Path(folder).rglob("*") if path.is_file())
        return any(path.read_bytes() == content for path in paths)


async def test_a_dry_run_tells_what_would_go_by_type_and_why_and_changes_nothing(archive):
    run = await archive.dry_run()
    assert (run["records"], run["held"]) == (2, 0)
    assert [(each["body"], each["document"], each["years"]) for each in run["types"]] == [
        ("R2021", "business-credit-report", 10)
    ]
    listed = await archive.officer.get("/retention/due?limit=1")
    rest = await archive.officer.get(f"/retention/due?after={listed['next']}")
    assert {item["id"] for item in listed["items"] + rest["items"]} == {str(archive.report), str(archive.other)}
    assert rest["next"] is None
    assert listed["items"][0]["why"].startswith("Kept 10 years after the records of R2021 were closed on ")
    assert (await archive.file(archive.one, archive.report))["erased_at"] is None


async def test_operators_read_the_same_dry_run_in_a_terminal(archive):
    text = written(await ask(archive.house.settings, None))
    assert "R2021  business-credit-report: 2 would go, 0 held" in text
    early = written(await ask(archive.house.settings, eastern_day(program_time.now() - timedelta(days=9))))
    assert "0 records with 0 bytes would go" in early


async def test_records_that_are_not_closed_or_not_known_are_never_due(archive):
    await archive.sent(archive.one, FOURTH, records=None)
    await archive.sent(archive.one, FIFTH, records="R2028")
    run = await archive.dry_run()
    assert (run["records"], run["without_end"]) == (2, 2)


async def test_a_schedule_that_was_told_is_not_computed_again(archive):
    await archive.close("R2021", years=30)
    assert (await archive.dry_run())["records"] == 2


async def test_what_is_approved_is_erased_bytes_names_and_words_and_the_receipt_stays(archive):
    before = await archive.file(archive.one, archive.report)
    await archive.approved()
    done = await archive.carried_out()
    assert (done["state"], done["records"], done["held"]) == ("DONE", 2, 0)
    after = await archive.file(archive.one, archive.report)
    assert (after["filename"], after["nickname"], after["includes"]) == ("(erased)", "", "")
    assert after["erased_at"] is not None
    assert {name: after[name] for name in ("sha256", "receipt_number", "received_at")} == {
        name: before[name] for name in ("sha256", "receipt_number", "received_at")
    }
    assert not archive.bytes_are_there(CREDIT)
    assert archive.bytes_are_there(BOND)
    left = await archive.house.rows(
        "select certificate, given_name, family_name, address"
        " from upload join signature on subject_id = upload.id::text where upload.id = :id",
        id=archive.report,
    )
    assert [tuple(row) for row in left] == [(None, None, None, None)]
    kept = await archive.file(archive.one, archive.bond)
    assert (kept["filename"], kept["erased_at"]) == ("Q. Sample credit.pdf", None)
    assert (await archive.dry_run())["records"] == 0


async def test_the_audit_trail_of_erased_records_still_proves_itself_and_held_no_names(archive):
    await archive.approved()
    await archive.carried_out()
    rows = await archive.house.rows(
        "select action, coalesce(before::text, '') || coalesce(after::text, '') as told from audit"
    )
    assert {"file.erase", "upload.erase", "disposal.approve"} <= {row.action for row in rows}
    assert [row.told for row in rows if "Sample" in row.told or "credit.pdf" in row.told] == []


async def test_an_erased_file_says_so_to_who_wants_to_download_it(open_house, scanner):
    house = await open_house(clamd_address=f"{scanner.host}:{scanner.port}")
    archive = Archive(house)
    person = await house.person()
    archive.report = await archive.sent(person, CREDIT)
    assert await house.checked(archive.report) == "ACCEPTED"
    await archive.close("R2021")
    archive.administrator = await house.person(user="ADMIN01", kind="staff", permissions=ADMINISTRATOR)
    archive.officer = await house.person(user="OFFICER01", kind="staff", permissions=OFFICER)
    await archive.approved()
    await archive.carried_out()
    answer = await person.client.get(f"/api/documents/files/{archive.report}/content")
    assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[-1]) == (409, "file-erased")
    assert not archive.bytes_are_there(CREDIT)


async def test_a_hold_keeps_what_it_covers_also_when_it_comes_after_the_approval(archive):
    await archive.approved()
    await archive.post(archive.officer, "holds", organization_id=str(archive.one.organization), matter="Case 12-3")
    listed = await archive.officer.get("/retention/due")
    assert {item["why"] for item in listed["items"] if not item["goes"]} == {"Held: Case 12-3"}
    done = await archive.carried_out()
    assert (done["state"], done["records"], done["held"]) == ("DONE", 1, 1)
    assert (await archive.file(archive.one, archive.report))["erased_at"] is None
    assert (await archive.file(archive.two, archive.other))["erased_at"] is not None


async def test_a_hold_on_a_round_keeps_every_organization_and_a_lifted_one_keeps_nothing(archive):
    hold = await archive.post(archive.officer, "holds", records="R2021", matter="GAO protest")
    assert (await archive.dry_run())["held"] == 2
    assert (await archive.officer.get("/retention/holds"))["items"][0]["allowed_actions"] == []
    refused = await archive.post(
        archive.officer, f"holds/{hold['id']}/lifting", 403, hold["version"], because="It is over."
    )
    assert refused["detail"].startswith("You placed this hold.")
    lifting = f"holds/{hold['id']}/lifting"
    lifted = await archive.post(archive.colleague, lifting, 200, hold["version"], because="It is over.")
    assert lifted["state"] == "LIFTED"
    await archive.post(archive.colleague, lifting, 409, hold["version"], because="Twice.")
    assert (await archive.dry_run())["held"] == 0


async def test_a_hold_names_what_it_holds(archive):
    answer = await archive.post(archive.officer, "holds", 422, matter="Everything")
    assert answer["fields"][0]["path"] == "records"


async def test_nothing_is_erased_by_one_person_alone(archive):
    both = await archive.house.person(user="BOTH01", kind="staff", permissions=(*ADMINISTRATOR, *OFFICER))
    proposed = await archive.post(both, "disposals", due_before=program_time.now().isoformat())
    refused = await archive.post(both, f"disposals/{proposed['id']}/approval", 403, proposed["version"])
    assert refused["detail"].startswith("You proposed this disposal.")
    assert (await archive.carried_out())["state"] == "PROPOSED"
    assert (await archive.file(archive.one, archive.report))["erased_at"] is None


async def test_of_two_who_decide_at_once_one_is_told(archive):
    proposed = await archive.post(archive.administrator, "disposals", due_before=program_time.now().isoformat())
    await archive.post(archive.administrator, f"disposals/{proposed['id']}/withdrawal", 200, proposed["version"])
    await archive.post(archive.officer, f"disposals/{proposed['id']}/approval", 409, proposed["version"])
    assert (await archive.carried_out())["state"] == "WITHDRAWN"


async def test_what_is_not_due_by_now_cannot_be_proposed(archive):
    later = (program_time.now() + timedelta(days=1)).isoformat()
    answer = await archive.post(archive.administrator, "disposals", 422, due_before=later)
    assert answer["fields"][0]["path"] == "due_before"


async def test_bytes_that_another_record_needs_stay(archive):
    """Two organizations sent the same bytes; the one whose records are not closed keeps them."""
    await archive.sent(archive.two, CREDIT, records="R2028")
    await archive.approved()
    assert (await archive.carried_out())["records"] == 2
    assert archive.bytes_are_there(CREDIT)


async def test_suppliers_learn_nothing_of_holds(archive):
    await archive.post(archive.officer, "holds", records="R2021", matter="Case 12-3")
    assert (await archive.one.client.get("/api/documents/retention/holds")).status_code == 403
    async with archive.house.superuser() as connection:
        await connection.execute("set role documents_org")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select * from legal_hold")


async def test_an_unknown_hold_or_disposal_is_not_found(archive):
    await archive.post(archive.officer, f"holds/{uuid4()}/lifting", 404, 1, because="Why not.")
    await archive.post(archive.officer, f"disposals/{uuid4()}/approval", 404, 1)
