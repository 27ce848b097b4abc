"""What a sender chooses beside the file, and what the phase of the round allows: UPL-06, UPL-07 and UPL-08."""

from datetime import timedelta
from uuid import UUID

import pytest

from chassis import program_time
from documents_svc.settlement.use_cases import close_due_slots, settle_closed_slots
from documents_svc.slots.slot import SlotServesAnotherPhase
from tests.documents import pdfs
from tests.documents.house import House, Person, signature
from tests.documents.slots import ask_again

pytestmark = [pytest.mark.database, pytest.mark.slow]
BOND = {"document": "bid-surety-bond", "cba_code": "akron-oh", "label": "Bid surety bond, Akron, OH"}


def told(answer) -> tuple[int, str, list[str]]:
    """Status, name of the problem, and the fields at fault."""
    problem = answer.json()
    fields = [field["path"] for field in problem.get("fields", [])]
    return answer.status_code, problem["type"].removeprefix("urn:connexion:problem:"), fields


async def by_tus(person: Person, slot: UUID, **given: str):
    return await person.begin(slot, 10, **given)


async def by_form(person: Person, slot: UUID, **given: str):
    fields = {"includes": "a score", **signature()} | given
    files = {"file": ("report.pdf", pdfs.pdf(), "application/pdf")}
    return await person.client.post(f"/api/documents/slots/{slot}/files", data=fields, files=files)


@pytest.mark.parametrize("send", [by_tus, by_form])
@pytest.mark.parametrize(
    ("chosen", "slug", "field"),
    [
        ({}, "area-missing", "cba"),
        ({"cba": "baltimore-md"}, "another-area", "cba"),
        ({"cba": "akron-oh", "document": "income-statement"}, "another-document", "document"),
        ({"cba": "akron-oh", "includes": " "}, "description-missing", "includes"),
        ({"cba": "akron-oh", "nickname": "x" * 256}, "text-too-long", "nickname"),
    ],
)
async def test_what_is_chosen_wrong_is_refused_by_the_name_of_its_field(house, send, chosen, slug, field):
    person = await house.person()
    refused = await send(person, await house.slot(person.organization, **BOND), **chosen)
    assert told(refused) == (422, slug, [field])


@pytest.mark.parametrize("send", [by_tus, by_form])
async def test_a_document_that_is_not_for_one_area_names_none(house, send):
    person = await house.person()
    refused = await send(person, await house.slot(person.organization), cba="akron-oh")
    assert told(refused) == (422, "not-for-one-area", ["cba"])


async def test_a_bond_is_kept_with_the_area_that_was_chosen_for_it(house):
    person = await house.person()
    slot = await house.slot(person.organization, **BOND)
    shown = await person.get(f"/slots/{slot}")
    assert (shown["document"], shown["cba_code"], shown["allowed_actions"]) == (
        "bid-surety-bond",
        "akron-oh",
        ["upload"],
    )
    file = await person.get(f"/files/{await person.file(slot, pdfs.pdf(), cba='akron-oh', document='bid-surety-bond')}")
    assert (file["document"], file["cba_code"]) == ("bid-surety-bond", "akron-oh")


async def test_a_bond_is_refused_while_its_bidder_has_no_bid_in_the_area_and_taken_again_with_one(house):
    person = await house.person()
    slot = await house.slot(person.organization, **BOND)
    no_bid = "You have no draft and no submitted bid in Akron, OH (UPL-08)."
    await ask_again(house, slot, withheld_because=no_bid)
    shown = await person.get(f"/slots/{slot}")
    assert (shown["allowed_actions"], shown["withheld_because"]) == ([], no_bid)
    refused = await person.begin(slot, 10, cba="akron-oh")
    assert told(refused) == (409, "slot-withheld", ["slot"])
    assert refused.json()["detail"] == no_bid
    await ask_again(house, slot, withheld_because=None)
    assert (await person.begin(slot, 10, cba="akron-oh")).status_code == 201


async def test_a_slot_that_is_closed_can_be_withheld_without_opening_again(house):
    person = await house.person()
    slot = await house.slot(person.organization, closes=-120)
    await house.sweep(close_due_slots, program_time.now())
    await ask_again(house, slot, withheld_because="No bid in the area.")
    assert (await person.get(f"/slots/{slot}"))["state"] == "CLOSED"


async def test_after_the_close_only_what_a_notice_asks_for_is_taken(house):
    person = await house.person()
    window = await house.slot(person.organization, closes=-1)
    refused = await person.begin(window, 10)
    assert told(refused) == (409, "only-what-a-notice-asks-for", ["slot"])
    assert "only documents that an open notice asks for" in refused.json()["detail"]
    asked = await house.slot(person.organization, asked_by="notice")
    assert (await person.begin(asked, 10)).status_code == 201


async def test_a_notice_whose_time_is_over_says_no_more_than_that(house):
    person = await house.person()
    refused = await person.begin(await house.slot(person.organization, closes=-1, asked_by="notice"), 10)
    assert told(refused) == (409, "slot-closed", ["slot"])


async def test_a_notice_cannot_reopen_the_slot_of_the_window_where_late_files_would_come_to_count(house):
    person = await house.person()
    slot = await house.slot(person.organization, closes=-120)
    await house.sweep(close_due_slots, program_time.now())
    await house.sweep(settle_closed_slots, program_time.now())
    with pytest.raises(SlotServesAnotherPhase):
        await ask_again(house, slot, asked_by="notice", closes_at=program_time.now() + timedelta(days=10))


async def warned(house: House, person: Person, slot: UUID, content: bytes) -> dict[str, str] | None:
    """Upload, and return the warning in its receipt's view; the answer to the last byte must say the same."""
    answer = await person.upload(slot, content)
    assert answer.status_code == 204
    file_id = answer.headers["connexion-file"]
    file, receipt = await person.get(f"/files/{file_id}"), await person.get(f"/files/{file_id}/receipt")
    assert file["warnings"] == receipt["warnings"]
    said = receipt["warnings"][0] if receipt["warnings"] else None
    assert answer.headers.get("connexion-warning") == (said["code"] if said else None)
    return said


async def test_the_same_content_for_the_same_requirement_is_warned_of_and_taken(house):
    person = await house.person()
    first, again = [await house.slot(person.organization, slot_subject="requirement:9") for _ in range(2)]
    other = await house.slot(person.organization, slot_subject="requirement:10")
    content = pdfs.pdf()
    assert await warned(house, person, first, content) is None
    assert await warned(house, person, other, content) is None
    assert await warned(house, person, first, pdfs.pdf(note="another")) is None
    for slot in (first, again):
        told_of = await warned(house, person, slot, content)
        assert told_of is not None
        assert told_of["code"] == "UPL-06"
    assert len(await house.said("document-received")) == 5
    newest, before, *_ = (await person.get("/files"))["items"]
    assert [warning["same_as"] for warning in newest["warnings"]] == [before["id"]]


async def test_what_another_organization_sent_is_never_hinted_at(house):
    content = pdfs.pdf()
    for person in [await house.person(), await house.person()]:
        slot = await house.slot(person.organization, slot_subject="requirement:9")
        assert await warned(house, person, slot, content) is None
