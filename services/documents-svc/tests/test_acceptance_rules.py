"""The acceptance rules for everybody."""

import pytest

from documents_svc.rules.published import SHELF, acceptance_rules

COMMAND = 'python -m documents_svc.rules.published "what changed, a sentence"'


def test_the_newest_edition_is_what_the_service_goes_by() -> None:
    assert SHELF.read().content == acceptance_rules(), f"publish what changed: {COMMAND}"


def test_every_rule_of_the_program_is_told() -> None:
    assert {rule.code for rule in SHELF.read().content.rules} == {f"UPL-{number:02}" for number in range(1, 11)}


def test_every_number_that_a_sentence_names_has_a_value() -> None:
    for rule in SHELF.read().content.rules:
        assert "{" not in rule.asks.format(**rule.numbers)


@pytest.mark.database
async def test_anybody_may_read_and_keep_them_for_a_while(house) -> None:
    anybody = house.edge.client()
    told = await anybody.get("/api/documents/acceptance-rules")
    assert told.status_code == 200
    assert told.json()["version"] == told.json()["history"][0]["version"]
    assert told.headers["cache-control"] == "public, max-age=300"
    again = await anybody.get("/api/documents/acceptance-rules", headers={"if-none-match": told.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await anybody.get("/api/documents/acceptance-rules/9999")).status_code == 404


@pytest.mark.database
async def test_anybody_may_see_that_the_service_answers(house) -> None:
    told = (await house.edge.client().get("/api/documents/standing")).json()
    assert told["service"] == "documents"
    assert told["late_seconds"] >= 0
