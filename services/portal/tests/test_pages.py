"""What the pages say, rendered against the fake gateway."""

import json
import re

import httpx
import pytest
from fake_gateway import OTHER_ORGANIZATION, FakeGateway


def words(response: httpx.Response) -> str:
    """The text of a page, without tags, blanks collapsed."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text.replace("&nbsp;", " "))).replace("\xa0", " ")


def title(response: httpx.Response) -> str:
    found = re.search(r"<title>(.*?)</title>", response.text, re.DOTALL)
    assert found
    return found.group(1)


async def test_the_front_page_shows_the_open_window_with_the_time_left(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/")
    assert page.status_code == 200
    assert "Bid window open" in words(page)
    assert re.search(r"2[45] days (\d+ hours? )?left", words(page))
    assert "/api/identity/sign-in?return_to=%2Fhome" in page.text


async def test_the_front_page_stands_while_bidding_does_not_answer(
    visitor: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.failing["/api/bidding/rounds"] = (503, {})
    page = await visitor.get("/")
    assert page.status_code == 200
    assert "We could not load the calendar." in words(page)


async def test_a_round_page_lists_its_dates_and_categories(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/rounds/R2028")
    assert "Covered document review date (CDRD)" in words(page)
    assert "OTS knee braces Made up for this demonstration" in words(page)


async def test_home_says_in_its_headline_that_the_bid_is_not_complete(person: httpx.AsyncClient) -> None:
    page = await person.get("/home")
    assert title(page) == "Home: your bid is not complete yet | Connexion"
    assert "3 things are still to do for bidder number 2840071." in words(page)
    assert "Upload: Business credit report" in words(page)


async def test_home_says_when_everything_has_arrived(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    at = gateway.receive(b"%PDF-1.7")["received_at"]
    gateway.requirements = [gateway.requirement(state="RECEIVED", received_at=at, allowed_actions=["upload"])]
    gateway.todos = []
    gateway.approve_form_a()
    gateway.bids = [gateway.bid(state="SUBMITTED", form="CERTIFIED")]
    page = await person.get("/home")
    assert "Your bid is complete" in words(page)
    assert "Nothing to do now" in words(page)
    assert "Business credit report received" in words(page)


async def test_home_says_what_did_not_load_and_never_shows_it_as_nothing(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    for path in (
        "/api/notices/todos",
        "/api/notices/todos/count",
        "/api/notices/activity",
        "/api/bidding/requirements",
    ):
        gateway.failing[path] = (503, {})
    page = await person.get("/home")
    assert page.status_code == 200
    assert "We could not load where your bid stands" in words(page)
    assert "We could not load your To-Do list." in words(page)
    assert "Nothing to do now" not in words(page)
    assert "Nothing open" not in words(page)


async def test_the_document_center_shows_a_past_review_date_as_past_and_what_it_means(
    person: httpx.AsyncClient,
) -> None:
    page = words(await person.get("/documents"))
    assert re.search(
        r"Covered document review date \(CDRD\) \w+, .*? 8:59:59 p\.m\. E[DS]T Passed Documents still count", page
    )


@pytest.mark.parametrize(
    ("file_state", "shown"),
    [
        ("SCANNING", "Received Malware check under way"),
        ("NOT_SCANNED", "Received Received. No malware check has been made yet."),
        ("ACCEPTED", "Received"),
        ("REJECTED", "Not accepted UPL-03"),
        ("REFUSED", "Refused as late"),
        ("SOMETHING_NEW", "Could not check"),
    ],
)
async def test_a_required_document_shows_how_its_last_file_stands(
    person: httpx.AsyncClient, gateway: FakeGateway, file_state: str, shown: str
) -> None:
    rejection = {"code": "UPL-03", "reason": "It has a password."} if file_state == "REJECTED" else None
    gateway.receive(b"%PDF-1.7", state=file_state, rejection=rejection)
    page = await person.get("/documents")
    table = words(page).split("Required documents")[1].split("Upload a document")[0]
    assert shown in table


async def test_a_rejected_file_is_told_with_its_reason_and_the_way_on(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    reason = "It has a password, so nobody can open it. Save it again without a password."
    file = gateway.receive(b"%PDF-1.7", state="REJECTED", rejection={"code": "UPL-03", "reason": reason})
    center = words(await person.get("/documents"))
    assert "Business credit report was not accepted" in center
    assert f"{reason} Reason UPL-03." in center
    page = words(await person.get(f"/documents/files/{file['id']}"))
    assert f"Why it was not accepted {reason} Reason UPL-03. Upload a new file" in page


async def test_only_a_file_that_may_still_change_is_asked_for_again(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    file = gateway.receive(b"%PDF-1.7")
    assert "every 5s" in (await person.get(f"/documents/files/{file['id']}")).text
    assert "every 5s" in (await person.get("/documents")).text
    file["state"] = "ACCEPTED"
    assert "every 5s" not in (await person.get(f"/documents/files/{file['id']}/status")).text
    assert "every 5s" not in (await person.get("/documents")).text


async def test_a_file_can_be_downloaded_only_once_it_is_accepted(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    file = gateway.receive(b"%PDF-1.7")
    assert "Download the file" not in (await person.get(f"/documents/files/{file['id']}")).text
    file["state"] = "ACCEPTED"
    assert f"/api/documents/files/{file['id']}/content" in (await person.get(f"/documents/files/{file['id']}")).text
    file["erased_at"] = gateway.closes_at.isoformat()
    erased = (await person.get(f"/documents/files/{file['id']}")).text
    assert "Download the file" not in erased
    assert "erased by the records schedule" in erased


async def test_the_receipt_is_downloaded_as_signed_and_as_readable(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    file = gateway.receive(b"%PDF-1.7")
    signed = await person.get(f"/documents/files/{file['id']}/receipt.jws")
    assert signed.headers["content-disposition"] == f'attachment; filename="receipt-{file["id"]}.jws"'
    assert signed.text.count(".") == 2
    readable = await person.get(f"/documents/files/{file['id']}/receipt.json")
    assert json.loads(readable.text)["sha256"] == file["sha256"]


async def test_long_lists_have_a_second_page_and_a_way_back(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.todos = [gateway.todo(label=f"Paper {number}") for number in range(23)]
    first = await person.get("/todo")
    assert "20 items on this page" in words(first)
    assert '<span class="cx-nav__num" id="todo-count"><span>23<' in first.text
    second = await person.get("/todo?after=20")
    assert "3 items on this page, the last" in words(second)
    assert "Upload: Paper 22" in words(second)
    assert 'href="/todo">First page' in second.text


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/todo", "Your list is empty"),
        ("/activity", "No activity yet"),
        ("/receipts", "No receipts yet"),
        ("/documents", "No documents are required of you yet"),
        ("/documents", "Nothing can be uploaded now"),
    ],
)
async def test_an_empty_list_says_what_would_be_there(
    person: httpx.AsyncClient, gateway: FakeGateway, address: str, sentence: str
) -> None:
    gateway.requirements.clear()
    gateway.todos.clear()
    assert sentence in words(await person.get(address))


async def test_texts_of_people_are_shown_as_text(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.receive(b"%PDF-1.7", filename="<script>alert(1)</script>.pdf", nickname='"><img src=x>')
    for address in ("/documents", "/receipts", f"/documents/files/{gateway.files[0]['id']}"):
        page = await person.get(address)
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


async def test_a_person_with_two_organizations_can_act_for_the_other(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.organizations.append({"id": OTHER_ORGANIZATION, "name": "Tallgrass Sample Bracing, Inc.", "role": "EU"})
    answer = await person.post("/acting-organization", data={"organization_id": OTHER_ORGANIZATION})
    assert answer.headers["location"] == "/home"
    assert "cx_token" in answer.headers["set-cookie"]
    assert "Tallgrass Sample Bracing, Inc." in words(await person.get("/home"))
