"""Form C: what a supplier fills in, row by row or as a spreadsheet, and certifies; how staff follow it up."""

import httpx
import pytest
import states
from fake_gateway import FakeGateway

REPORT = f"/form-c/{states.FORM_C}"
SIGNED = {"given_name": "Dana", "family_name": "Whitlock", "certified_by": "dana.whitlock", "statement": "a/1"}


@pytest.fixture
async def reporter(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    states.reporter(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


@pytest.fixture
async def administrator(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    states.report_desk(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


def form(**other: object) -> dict[str, object]:
    return {"version": "1", "idempotency_key": "key-1", **other}


def rows(*typed: tuple[str, str, str, str], first: int = 0, count: int = 0, **other: object) -> dict[str, object]:
    """The form of a page of rows as somebody typed them, each an item, a manufacturer, a name and a number."""
    columns = ("hcpcs", "manufacturer", "model_name", "model_number")
    cells = {
        f"r{place}-{column}": cell for place, row in enumerate(typed) for column, cell in zip(columns, row, strict=True)
    }
    return form(first=str(first), count=str(count), **cells, **other)


async def test_the_list_says_what_to_do_next_and_an_empty_one_what_makes_a_report_appear(
    reporter: httpx.AsyncClient, gateway: FakeGateway
):
    page = (await reporter.get("/form-c")).text
    assert "July 1, 2028 through December 31, 2028" in page
    for words in ("Correct what CMS names, and certify again.", "Certify it now: it is taken as late.", "Handed on"):
        assert words in page
    gateway.form_c_reports.clear()
    assert "its reports open by themselves" in (await reporter.get("/form-c")).text


async def test_a_to_do_leads_to_its_report(reporter: httpx.AsyncClient, gateway: FakeGateway):
    gateway.todos = [gateway.todo(kind="submit-form-c", about=f"form-c:{states.FORM_C}", label="Form C: Back braces")]
    assert f'href="{REPORT}"' in (await reporter.get("/todo")).text


async def test_the_grid_shows_a_page_of_rows_and_leads_to_the_next(reporter: httpx.AsyncClient):
    first = (await reporter.get(REPORT)).text
    assert "Rows 1 to 25 of 31" in first
    assert 'value="EX-0025"' in first
    assert "EX-0026" not in first
    assert f'href="{REPORT}?row=26#rows-h"' in first
    second = (await reporter.get(f"{REPORT}?row=26")).text
    assert 'name="first" value="25"' in second
    assert 'aria-label="Manufacturer, row 31"' in second
    for words in ("Correct the coding of the fourth product.", "This is coded L0637."):
        assert words in first


async def test_rows_of_one_page_are_saved_among_the_others_and_an_emptied_row_is_gone(
    reporter: httpx.AsyncClient, gateway: FakeGateway
):
    typed = rows(("L0650", "A", "B", "C"), ("", "", " ", ""), ("L0651", "D", "E", "F"), first=25, count=6)
    saved = await reporter.post(REPORT, data=typed)
    assert saved.headers["location"] == f"{REPORT}?row=26&done=rows"
    sent = gateway.form_c_sent[-1]
    assert len(sent) == 27
    assert sent[24]["model_number"] == "EX-0025"
    assert [row["manufacturer"] for row in sent[25:]] == ["A", "D"]


async def test_what_is_wrong_stands_at_its_cell_and_what_was_typed_stays(reporter: httpx.AsyncClient):
    typed = rows(("L0650", "A", "B", "C"), ("L0651", "", "Only a name", ""), first=25, count=6)
    page = await reporter.post(REPORT, data=typed)
    assert page.status_code == 422
    assert '<a href="#r1-manufacturer">Row 27: Write the manufacturer.</a>' in page.text
    assert 'id="r1-manufacturer-error"' in page.text
    assert 'value="Only a name"' in page.text


async def test_rows_typed_over_an_older_report_are_shown_but_can_never_overwrite_it(reporter: httpx.AsyncClient):
    page = await reporter.post(REPORT, data=rows(("L0650", "Mine", "B", "C"), count=25) | {"version": "0"})
    assert page.status_code == 409
    assert 'value="Mine"' in page.text
    assert 'name="version" value="0"' in page.text


async def test_rows_that_meet_a_sign_in_come_back(reporter: httpx.AsyncClient, gateway: FakeGateway):
    gateway.failing[f"/api/contracts/form-c/{states.FORM_C}/rows"] = (401, {})
    at = {"referer": f"http://portal.test{REPORT}"}
    await reporter.post(REPORT, data=rows(("L0651", "Typed before", "B", "C"), count=25), headers=at)
    reporter.cookies.set("cx_session", "opaque")
    reporter.cookies.set("cx_token", gateway.token())
    page = (await reporter.get(REPORT)).text
    assert "What you typed is back." in page
    assert 'value="Typed before"' in page


async def test_a_spreadsheet_is_entered_or_everything_wrong_in_it_is_listed(
    reporter: httpx.AsyncClient, gateway: FakeGateway
):
    path = f"{REPORT}/spreadsheet"
    assert "Choose a file." in (await reporter.post(path, data=form())).text
    taken = await reporter.post(path, data=form(), files={"file": ("form-c.csv", b"head\nL0650,A,B,C,\n")})
    assert taken.headers["location"] == f"{REPORT}?done=file"
    wrong = b"head\n" + b"wrong\n" * 300
    page = await reporter.post(path, data=form(), files={"file": ("form-c.csv", wrong)})
    assert page.status_code == 422
    assert "300 cells are wrong; nothing was entered" in page.text
    assert all(f"Row {row}\n" in page.text or f"Row {row}<" in page.text for row in range(2, 302))
    template = await reporter.get(f"{REPORT}/template.csv")
    assert template.headers["content-disposition"].startswith("attachment")


async def test_a_report_is_certified_once_nothing_lacks_and_its_history_kept(
    reporter: httpx.AsyncClient, gateway: FakeGateway
):
    review = f"{REPORT}/certification"
    lacking = (await reporter.get(review)).text
    assert "1 item needs an answer first" in lacking
    assert "certified_by" not in lacking
    gateway.form_c_reports[0]["items"][1] |= {"will_order": True, "lacks": None}
    wrong = await reporter.post(review, data=form(**SIGNED) | {"certified_by": "somebody"})
    assert "Type the user ID you signed in with." in wrong.text
    done = await reporter.post(review, data=form(**SIGNED))
    assert "Certified and submitted." in (await reporter.get(done.headers["location"])).text
    history = (await reporter.get(f"{REPORT}/certifications")).text
    assert "dana.whitlock" in history
    assert "and 20 more" in history


async def test_the_last_report_is_copied_and_a_submitted_one_opened_again(reporter: httpx.AsyncClient):
    submitted = f"/form-c/{states.SUBMITTED_FORM_C}"
    assert 'name="r0-hcpcs"' not in (await reporter.get(submitted)).text
    opened = await reporter.post(f"{submitted}/acts/re-opening", data=form())
    page = (await reporter.get(opened.headers["location"])).text
    assert "It is open again." in page
    assert 'name="r0-hcpcs"' in page
    copied = await reporter.post(f"{REPORT}/acts/copy", data=form())
    assert "The last report is copied." in (await reporter.get(copied.headers["location"])).text
    assert (await reporter.post(f"{REPORT}/acts/copy", data=form(version="1"))).status_code == 409


async def test_staff_see_the_totals_of_a_period_and_whoever_was_late(administrator: httpx.AsyncClient):
    page = (await administrator.get("/staff/form-c")).text
    assert "10,800" in page
    assert "Suspected breach\u00a01,200" in page
    late = (await administrator.get("/staff/form-c?late=true")).text
    assert "3 reports on this page" in late
    assert "checked" in late
    assert "Nothing fits what you chose." in (await administrator.get("/staff/form-c?state=OPEN&late=true")).text


async def test_a_report_is_returned_with_a_reason_or_accepted(administrator: httpx.AsyncClient, gateway: FakeGateway):
    report = f"/staff/form-c/{states.SUBMITTED_FORM_C}"
    page = (await administrator.get(report)).text
    for words in ("Brace 9", "by dana.whitlock", "Accept it"):
        assert words in page
    refused = await administrator.post(f"{report}/return", data=form(why=" "))
    assert '<a href="#why">Explain to the supplier what is to be corrected.</a>' in refused.text
    stale = await administrator.post(f"{report}/return", data=form(version="0", why="Look at L0652."))
    assert stale.status_code == 409
    assert "Look at L0652." in stale.text
    done = await administrator.post(f"{report}/return", data=form(why="Look at L0652."))
    assert "Returned." in (await administrator.get(done.headers["location"])).text
    assert gateway.form_c_decided[-1] == {"why": "Look at L0652."}
    accepted = await administrator.post(f"{report}/acceptance", data=form())
    assert accepted.headers["location"] == f"{report}?done=acceptance"
    assert (await administrator.post(f"{report}/erasure", data=form())).status_code >= 400


async def test_an_added_product_is_screened_and_a_wrong_one_needs_a_remark(administrator: httpx.AsyncClient):
    queue, one = "/staff/form-c/added-products", f"/staff/form-c/added-products/{states.FORM_C}"
    assert (await administrator.get(queue)).text.count('value="pass"') == 2
    refused = await administrator.post(one, data=form(version="0", verdict="fail"))
    assert f'<a href="#remark-{states.FORM_C}">Say how the product should be coded.</a>' in refused.text
    stale = await administrator.post(one, data=form(version="7", verdict="pass", remark="As the list says."))
    assert stale.status_code == 409
    assert "As the list says." in stale.text
    done = await administrator.post(one, data=form(version="0", verdict="fail", remark="This is L0637."))
    assert "waited in 2 reports" in (await administrator.get(done.headers["location"])).text
    assert "This is L0637." in (await administrator.get(f"{queue}?state=WRONG")).text


async def test_the_product_list_is_brought_in_and_its_wrong_rows_named(administrator: httpx.AsyncClient):
    path = "/staff/form-c/product-list"
    assert "Choose a file." in (await administrator.post(path)).text
    page = (await administrator.post(path, files={"file": ("list.csv", b"head\nL0650\nwrong\n")})).text
    assert "1 of 2 rows was not taken" in page
    assert "Write the HCPCS code, such as L0650." in page


async def test_an_auditor_follows_form_c_and_decides_nothing(administrator: httpx.AsyncClient, gateway: FakeGateway):
    gateway.become("staff", "AUDITOR", ("staff.form_c.view",))
    administrator.cookies.set("cx_token", gateway.token())
    gateway.form_c_reports[1]["allowed_actions"] = []
    page = (await administrator.get("/staff/form-c")).text
    assert "Added products to screen" in page
    assert "/staff/form-c/product-list" not in page
    assert "Return it" not in (await administrator.get(f"/staff/form-c/{states.SUBMITTED_FORM_C}")).text
