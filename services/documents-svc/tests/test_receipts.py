import secrets

import pytest
from joserfc import jws
from joserfc.jwk import ECKey
from sqlalchemy import text

from chassis import key_ring, machine_time
from chassis.key_ring import KeyRing
from chassis.signing import SigningKey
from documents_svc.receipts.keys import publish_keys
from documents_svc.receipts.receipt import KIND, receipt_number
from tests.documents import pdfs
from tests.documents.house import sha256

pytestmark = [pytest.mark.database, pytest.mark.slow]


@pytest.fixture
async def receipted(house):
    """A file's receipt, with who got it."""
    person = await house.person()
    slot = await house.slot(person.organization)
    content = pdfs.pdf()
    answer = await person.upload(slot, content)
    return person, answer, content


async def test_a_receipt_says_what_arrived_and_when_and_names_its_audit_row(house, receipted):
    person, answer, content = receipted
    receipt = await person.get(f"/files/{answer.headers['connexion-file']}/receipt")
    said = receipt["receipt"]
    assert receipt["jws"] == answer.headers["connexion-receipt"]
    assert (said["sha256"], said["size"], said["verdict"]) == (sha256(content), len(content), "in-time")
    assert said["organization_id"] == str(person.organization)
    assert said["started_at"] < said["received_at"] < said["closes_at"]
    assert receipt["received_eastern"].endswith(("EST", "EDT"))
    [row] = await house.rows("select action, entity_id, after from audit where id = :id", id=said["audit_id"])
    assert (row.action, row.entity_id) == ("file.receive", said["file_id"])
    assert row.after["receipt"] == said["number"]


async def test_anybody_verifies_a_receipt_with_the_published_key_and_a_library_of_their_own(house, receipted):
    _, answer, content = receipted
    anybody = house.edge.client()
    keys = (await anybody.get("/api/documents/receipt-keys")).json()["keys"]
    [key] = keys
    assert key["not_before"]
    public = ECKey.import_key({name: key[name] for name in ("kty", "crv", "x", "y")})
    checked = jws.deserialize_compact(answer.headers["connexion-receipt"], public, algorithms=["ES256"])
    assert sha256(content).encode() in checked.payload


async def test_a_receipt_is_checked_for_anybody(house, receipted):
    person, answer, _ = receipted
    result = (await _check(house, answer.headers["connexion-receipt"])).json()
    assert result["valid"] is True
    assert result["receipt"]["organization_id"] == str(person.organization)
    assert result["key_id"]


async def test_a_receipt_changed_in_any_character_is_not_valid(house, receipted):
    _, answer, _ = receipted
    receipt = answer.headers["connexion-receipt"]
    for place in {secrets.randbelow(len(receipt)) for _ in range(40)}:
        other = "A" if receipt[place] != "A" else "B"
        result = (await _check(house, receipt[:place] + other + receipt[place + 1 :])).json()
        assert result["valid"] is False, place
        assert result["reason"].endswith(".")


@pytest.mark.parametrize("forged", ["x", "a.b.c", "..", "é", "e30.e30.e30"])
async def test_what_is_no_receipt_is_not_valid(house, forged):
    assert (await _check(house, forged)).json()["valid"] is False


async def test_a_statement_of_another_kind_or_by_another_key_is_no_receipt(house):
    other = SigningKey.generate()
    said = {"issued_at": machine_time.now().isoformat()}
    forged = [other.sign(said, KIND), house.resources.keys.sign(said, "connexion-audit")]
    assert [(await _check(house, one)).json()["valid"] for one in forged] == [False, False]


async def test_an_empty_or_endless_receipt_is_refused(house):
    assert (await _check(house, "")).status_code == 422
    assert (await _check(house, "x" * 20_000)).status_code == 422


async def _check(house, receipt):
    return await house.edge.client().post("/api/documents/receipt-checks", json={"receipt": receipt})


async def test_a_retired_key_stays_published_and_what_it_signed_stays_valid(house, receipted):
    _, answer, _ = receipted
    folder = house.settings.receipt_key_folder
    key_ring.new(folder)
    await publish_keys(house.database, KeyRing.load(folder))
    first, second = (await house.edge.client().get("/api/documents/receipt-keys")).json()["keys"]
    assert first["not_after"] == second["not_before"]
    assert (await _check(house, answer.headers["connexion-receipt"])).json()["valid"] is True
    told = await house.said("signing-key-published")
    assert [(key["kid"], key["not_after"] is None) for key in told] == [
        (first["kid"], True),
        (first["kid"], False),
        (second["kid"], True),
    ]


async def test_a_key_is_published_once_however_often_a_process_starts(house):
    for _ in range(3):
        await publish_keys(house.database, house.resources.keys)
    assert len(await house.said("signing-key-published")) == 1


async def test_a_stranger_gets_no_receipt(house, receipted):
    _, answer, _ = receipted
    stranger = await house.person()
    path = f"/api/documents/files/{answer.headers['connexion-file']}/receipt"
    assert (await stranger.client.get(path)).status_code == 404
    assert (await house.edge.client().get(path)).status_code == 401


def test_numbers_are_random_and_easy_to_read_aloud():
    numbers = {receipt_number() for _ in range(1000)}
    assert len(numbers) == 1000
    assert not set("".join(numbers)) & set("ILOU")


async def test_a_receipt_cannot_be_changed_by_the_roles_that_serve_people(house, receipted):
    person, _, _ = receipted
    with pytest.raises(Exception, match="permission denied"):
        async with house.as_worker(person.organization) as session:
            await session.execute(text("update receipt set verdict = 'late'"))
