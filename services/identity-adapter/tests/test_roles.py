"""The role table is the published one, cell by cell."""

import pytest
from pydantic import ValidationError

from identity_adapter.roles.table import RoleTable, role_table

PUBLISHED = """
form_a.business.edit                            Y Y N
form_a.location.edit                            Y Y Y
form_a.approve                                  Y Y N
form_b.edit                                     Y Y Y
form_b.certify                                  Y Y N
document.upload                                 Y Y Y
notice.pbe.view                                 Y Y Y
notice.pbe.respond                              Y Y Y
notice.cdrd.view                                Y Y Y
notice.cdrd.respond                             Y Y Y
notice.bfb.view                                 Y Y Y
notice.bfb.respond                              Y Y Y
financial_summary.view                          Y Y N
offer.view                                      Y Y N
offer.decide                                    Y Y N
notice.disqualification.view                    Y Y N
inquiry.submit                                  Y Y Y
notice.inquiry_result.view                      Y Y Y4
contract.signed.view                            Y Y Y
notice.bond_return.view                         Y Y Y
contract.view                                   Y Y Y
subcontract.submit                              Y Y Y
form_c.view                                     Y Y Y
form_c.submit                                   Y Y Y
notice.form_c_missing.view                      Y Y Y
location_change.view                            Y Y N
location_change.submit                          Y Y N
transfer.view                                   Y Y N
transfer.submit                                 Y Y N
notice.breach.view                              Y Y N
notice.breach.respond                           Y Y N
contract.maintenance_summary.view               Y Y Y5
activity.view                                   Y Y Y5
"""
"""The contractor's "DBidS and Connexion User Role Table" of 28 March 2023: AO, BAO, EU, with footnotes."""

CELLS = {line.split()[0]: line.split()[1:] for line in PUBLISHED.strip().splitlines()}


@pytest.mark.parametrize(("code", "cells"), CELLS.items(), ids=CELLS.keys())
def test_each_cell_is_as_published(code, cells):
    row = next(
        row for section in role_table().sections if section.published for row in section.rows if code in row.codes
    )
    for role, cell in zip(("AO", "BAO", "EU"), cells, strict=True):
        assert (code in role_table().permissions_of(role)) == cell.startswith("Y")
        assert row.footnotes.get(role) == (int(cell[1:]) if cell[1:] else None)


def test_nothing_is_called_published_that_is_not():
    ours = {
        code for section in role_table().sections if section.published for row in section.rows for code in row.codes
    }
    assert ours == CELLS.keys()


INSIDE = """
                    DC EA FA QR CA MC CO PA HO AU
document            -  R  -  R  -  -  R  -  -  R
document.financial  -  R  R  R  -  -  R  -  -  R
document.contract   -  R  -  R  R  -  R  -  -  R
document.case       -  R  -  R  -  R  R  -  R  R
requirement         W  W  W  A  -  -  R  -  -  R
financial_score     -  R  W  A  -  -  R  -  -  R
bid_price           -  W  -  R  -  -  R  R  -  R
notice              -  W  W  A  W  W  A  -  -  R
offer               -  -  -  R  R  -  A  W  -  R
contract            -  -  -  R  W  R  A  -  R  R
location_change     -  -  -  R  W  -  A  -  -  R
transfer            -  -  R  R  W  -  A  -  -  R
breach              -  -  -  R  R  W  A  -  R  R
audit               -  -  -  -  -  -  -  -  -  R
"""
"""`domain/roles.md` 3: who reads (R), drafts (W), approves or decides (A) which object."""

COLUMNS = {
    "DC": "DOCUMENT_CLERK",
    "EA": "EVALUATION_ANALYST",
    "FA": "FINANCIAL_ANALYST",
    "QR": "QUALITY_REVIEWER",
    "CA": "CONTRACT_ADMINISTRATOR",
    "MC": "COMPLIANCE_ANALYST",
    "CO": "CONTRACTING_OFFICER",
    "PA": "PRICING_ANALYST",
    "HO": "HEARING_OFFICER",
    "AU": "AUDITOR",
}
VERBS = {"view": "R", "edit": "W", "approve": "A", "decide": "A"}
HEADING, *LINES = (line.split() for line in INSIDE.strip().splitlines())
INSIDE_CELLS = [
    (name, COLUMNS[column], cell) for name, *cells in LINES for column, cell in zip(HEADING, cells, strict=True)
]


@pytest.mark.parametrize(("name", "role", "cell"), INSIDE_CELLS)
def test_an_inside_role_reads_drafts_or_decides_what_the_program_says(name, role, cell):
    codes = {verb: f"staff.{name}.{verb}" for verb in VERBS}
    held = {VERBS[verb] for verb, code in codes.items() if code in role_table().permissions_of(role)}
    assert held == {"-": set(), "R": {"R"}, "W": {"R", "W"}, "A": {"R", "A"}}[cell]


def test_no_supplier_holds_an_inside_permission_and_nobody_inside_a_suppliers():
    table = role_table()
    for code, role in table.roles.items():
        held = table.permissions_of(code, with_ticket=True)
        inside = {each for each in held if each.startswith("staff.")}
        assert (held - inside == {"round.view"}) if role.side == "staff" else not inside


def test_an_auditor_reads_and_does_nothing_else():
    held = role_table().permissions_of("AUDITOR", with_ticket=True)
    assert {code.rsplit(".", 1)[1] for code in held} == {"view", "watch"}


def test_customer_service_acts_for_nobody_without_a_ticket_and_sees_status_only():
    without = role_table().permissions_of("CUSTOMER_SERVICE")
    assert without == {"staff.ticket.work", "staff.person.find", "staff.chat.answer", "round.view"}
    assert role_table().permissions_of("CUSTOMER_SERVICE", with_ticket=True) - without == {
        "staff.person.view",
        "staff.status.view",
        "staff.member.lock",
        "staff.member.unlock",
        "staff.member.change_role",
        "staff.member.remove",
    }


def test_a_system_administrator_reads_neither_prices_nor_documents():
    held = role_table().permissions_of("SYSTEM_ADMINISTRATOR", with_ticket=True)
    assert not [code for code in held if code.startswith(("staff.bid_price", "staff.document", "staff.pricing"))]


def test_no_scope_of_a_machine_uploads_answers_or_decides():
    granted = {code for codes in role_table().scopes.values() for code in codes}
    assert {code.rsplit(".", 1)[1] for code in granted} == {"view"}


@pytest.mark.parametrize(
    "change",
    [
        {"codes": ["thing.view", "thing.view"]},
        {"codes": ["Thing"]},
        {"roles": ["XO"]},
        {"footnotes": {"AO": 9}},
        {"colour": "red"},
    ],
    ids=["a code named twice", "a misnamed code", "an unknown role", "an unknown footnote", "an unknown field"],
)
def test_a_table_that_does_not_hold_together_is_refused(change):
    row = {"codes": ["thing.view"], "action": "View", "roles": ["AO"]} | change
    with pytest.raises(ValidationError):
        RoleTable.model_validate(
            {
                "roles": {"AO": {"name": "Authorized official", "side": "supplier"}},
                "footnotes": {},
                "sections": [{"title": "x", "published": False, "rows": [row]}],
                "scopes": {},
            }
        )


def test_a_role_that_does_not_exist_has_no_permissions():
    with pytest.raises(KeyError):
        role_table().permissions_of("XO")


@pytest.mark.database
async def test_whoever_is_signed_in_reads_the_table_and_nobody_else(adapter, browser):
    assert (await browser.get("/api/identity/roles")).status_code == 401
    await adapter.sign_in(browser, "TANALYST07")
    table = (await browser.get("/api/identity/roles")).json()
    assert table["roles"]["AO"]["name"] == "Authorized official"
    assert RoleTable.model_validate(table) == role_table()
