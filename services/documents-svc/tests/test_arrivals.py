"""How many files arrived today, hour by hour, and how many wait for their checks."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.calendar import EASTERN
from chassis.database import Fence
from documents_svc.arrivals.views import arrivals_of_day
from documents_svc.files.uploaded_file import UploadedFile
from documents_svc.slots.verdict import Verdict
from tests.documents import pdfs

pytestmark = pytest.mark.database
DAY = datetime(2026, 11, 20, tzinfo=EASTERN)


async def test_files_are_counted_by_the_eastern_hour_in_which_they_arrived(house):
    person = await house.person()
    slot_id = await house.slot(person.organization, max_files=9)
    hours = [timedelta(minutes=-1), timedelta(0), timedelta(hours=9), timedelta(hours=9, minutes=59)]
    for number, after_midnight in enumerate(hours):
        file_id = await person.file(slot_id, pdfs.pdf(note=str(number)))
        async with house.as_system() as session:
            found = await session.get_one(UploadedFile, file_id)
            found.received_at = (DAY + after_midnight).astimezone(UTC)
            if number == len(hours) - 1:
                found.verdict = Verdict.LATE
    async with house.database.reading(Fence.staff()) as session:
        told = await arrivals_of_day(session, (DAY + timedelta(hours=12)).astimezone(UTC))
    assert told.day == DAY.date()
    assert [(each.hour, each.in_time, each.late) for each in told.hours] == [(0, 1, 0), (9, 1, 1)]
    assert (told.waiting, told.waiting_since) == (4, (DAY + hours[0]).astimezone(UTC))


async def test_a_file_that_was_checked_waits_no_more_and_one_that_could_not_be_scanned_is_told_apart(house):
    person = await house.person()
    slot_id = await house.slot(person.organization)
    assert await house.checked(await person.file(slot_id, pdfs.pdf())) == "NOT_SCANNED"
    async with house.database.reading(Fence.staff()) as session:
        told = await arrivals_of_day(session, datetime.now(UTC) + timedelta(minutes=1))
    assert (told.waiting, told.waiting_since, told.could_not_scan) == (0, None, 1)
