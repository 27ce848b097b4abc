"""What a sender learns of a check at once, and what happens while nothing can be checked."""

from datetime import timedelta

import pytest

from chassis import machine_time, program_time
from chassis.database import Fence
from documents_svc.balance.balance import Limits, balance_at
from documents_svc.files.uploaded_file import FIRST_RETRY, LONGEST_RETRY, FileState, UploadedFile
from tests.documents import pdfs

pytestmark = [pytest.mark.database, pytest.mark.slow]
MINUTE = timedelta(minutes=1)


async def test_a_rejection_is_told_at_once_and_the_place_is_free_for_a_better_file(house):
    person = await house.person()
    slot = await house.slot(person.organization)
    file_id = await person.file(slot, pdfs.encrypted())
    assert (await person.get(f"/files/{file_id}"))["state"] == "SCANNING"
    assert await house.checked(file_id) == "REJECTED"
    file = await person.get(f"/files/{file_id}")
    assert (file["state"], file["rejection"]["code"]) == ("REJECTED", "UPL-03")
    assert "Remove the protection" in file["rejection"]["reason"]
    [told] = await house.said("document-rejected")
    assert (told["file_id"], told["code"], told["organization_id"]) == (
        str(file_id),
        "UPL-03",
        str(person.organization),
    )
    [row] = await house.rows(
        "select extract(epoch from audit.machine_at - receipt.issued_at) as seconds from receipt, audit"
        " where audit.action = 'file.reject'"
    )
    assert row.seconds < 30
    again = await person.begin(slot, 10, replaces=file_id)
    assert again.status_code == 201


async def test_a_file_that_nobody_can_scan_shows_in_the_balance_once_it_is_past_its_limit(house):
    person = await house.person()
    file_id = await person.file(await house.slot(person.organization), pdfs.pdf())
    assert await house.checked(file_id) == "NOT_SCANNED"
    limits = Limits.of(house.settings)
    async with house.database.reading(Fence.staff()) as session:
        soon = await balance_at(session, program_time.now() + limits.checked_within - MINUTE, limits)
        later = await balance_at(session, program_time.now() + limits.checked_within + MINUTE, limits)
    assert [finding.kind for finding in soon.findings if finding.kind == "not checked"] == []
    assert (later.accepted, later.waiting, later.refused) == (1, 1, 0)
    assert [finding.id for finding in later.findings if finding.kind == "not checked"] == [str(file_id)]


def test_what_could_not_be_scanned_is_tried_again_ever_more_rarely_and_never_given_up():
    file = UploadedFile(state=FileState.SCANNING, check_tries=0)
    now, pauses = machine_time.now(), []
    for _ in range(200):
        file.leave_unscanned("the malware scanner does not answer", now)
        assert file.check_due_at is not None
        pauses.append(file.check_due_at - now)
    assert pauses[:4] == [FIRST_RETRY, 2 * FIRST_RETRY, 4 * FIRST_RETRY, 8 * FIRST_RETRY]
    assert pauses == sorted(pauses)
    assert set(pauses[10:]) == {LONGEST_RETRY}
    assert (file.state, file.reason) == (FileState.NOT_SCANNED, "the malware scanner does not answer")
