"""An upload is certified under the own user id: by whom, which words, about which bytes; kept for ever."""

import uuid
from datetime import UTC, datetime

import asyncpg
import pytest

from chassis.migrate import migrate
from documents_svc.uploads.certification import UPLOAD_CERTIFICATION
from tests.documents import pdfs
from tests.documents.house import sha256, signature

pytestmark = pytest.mark.database
LONG_AGO = 15 * 60 + 1


def test_other_words_are_another_version():
    assert (UPLOAD_CERTIFICATION.name, UPLOAD_CERTIFICATION.sha256) == (
        "upload-certification/1",
        "869e3cef4e529df7405af10aba328ab207913d276fed889d2e881cadc1f625fb",
    )


async def signatures(house):
    return await house.rows("select * from signature")


async def by_form(person, slot, content, told):
    files = {"file": ("report.pdf", content, "application/pdf")}
    data = {"includes": "a score"} | told
    return await person.client.post(f"/api/documents/slots/{slot}/files", data=data, files=files)


async def by_tus(person, slot, content, told):
    return await person.upload(slot, content, **told)


@pytest.mark.parametrize("send", [by_form, by_tus])
async def test_a_received_file_is_signed_for_with_its_digest(house, send):
    person, content = await house.person(), pdfs.pdf()
    slot = await house.slot(person.organization)
    assert (await send(person, slot, content, signature("dwhitlock01"))).is_success
    (row,) = await signatures(house)
    [file] = (await person.get("/files"))["items"]
    assert (row.subject, row.subject_id, row.content_sha256) == ("file", file["id"], sha256(content))
    assert (row.user_id, row.organization_id, row.address) == ("DWHITLOCK01", person.organization, "127.0.0.1")
    shown = (await person.get(f"/slots/{slot}"))["certification"]
    assert (row.statement, row.statement_text) == (shown["statement"], shown["text"])


async def test_an_upload_given_up_leaves_no_signature(house):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), 100)
    await person.client.delete(location, headers={"Tus-Resumable": "1.0.0"})
    assert await signatures(house) == []


@pytest.mark.parametrize(
    "send", [by_form, lambda person, slot, content, told: person.begin(slot, len(content), **told)]
)
async def test_whoever_signed_in_too_long_ago_is_asked_to_sign_in_again_before_the_file_comes(house, send):
    person = await house.person(signed_in_ago=LONG_AGO)
    answer = await send(person, await house.slot(person.organization), pdfs.pdf(), signature())
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:connexion:problem:sign-in-again")
    assert await house.rows("select 1 from upload") == []


async def test_an_upload_under_way_goes_on_however_long_ago_its_sender_signed_in(house):
    person, content = await house.person(), pdfs.pdf()
    location = await person.begun(await house.slot(person.organization), len(content))
    later = await house.person(person.organization, signed_in_ago=LONG_AGO)
    assert (await later.send(location, 0, content)).status_code == 204
    assert len(await signatures(house)) == 1


async def test_what_was_certified_before_there_were_signatures_becomes_one(database_for):
    made = await database_for("documents", package=None)
    await migrate("documents_svc", made.migrator_url, "0002")
    admin = await asyncpg.connect(made.admin_url)
    at, ids = datetime(2026, 11, 1, tzinfo=UTC), {name: uuid.uuid4() for name in ("received", "under_way", "person")}
    await admin.execute("set session_replication_role = replica")
    for name in ("received", "under_way"):
        await admin.execute(
            "insert into upload (id, organization_id, slot_id, user_id, state, arrived, pieces, started_at, expires_at,"
            " filename, nickname, includes, statement, certified_by)"
            " values ($1, $2, $2, 'D1', 'UPLOADING', 1, '[]', $3, $3, 'a.pdf', '', '', 'I certify.', 'D1')",
            *(ids[name], uuid.uuid4(), at),
        )
        await admin.execute(
            "insert into audit (id, at, machine_at, actor_kind, actor_id, person_id, token_id, action, entity,"
            " entity_id) values ($1, $3, $3, 'person', 'D1', $4, 't1', 'upload.certify', 'upload', $2)",
            *(uuid.uuid4(), str(ids[name]), at, ids["person"]),
        )
    await admin.execute(
        "insert into file (id, organization_id, slot_id, slot_subject, uploaded_by, filename, nickname, includes,"
        " sha256, size, started_at, received_at, verdict, state, receipt_number, pieces, check_tries)"
        " values ($1, $2, $2, 's', 'D1', 'a.pdf', '', '', 'ab', 1, $3, $3, 'IN_TIME', 'ACCEPTED', 'n', '[]', 0)",
        *(ids["received"], uuid.uuid4(), at),
    )
    await migrate("documents_svc", made.migrator_url)
    (signed,) = await admin.fetch("select * from signature")
    assert (signed["subject_id"], signed["content_sha256"]) == (str(ids["received"]), "ab")
    assert (signed["user_id"], signed["person_id"], signed["signed_at"]) == ("D1", ids["person"], at)
    assert (signed["statement"], signed["statement_text"]) == ("upload-certification/0", "I certify.")
    waiting = await admin.fetchval("select certificate->>'signed_at' from upload where id = $1", ids["under_way"])
    assert datetime.fromisoformat(waiting) == at
    await admin.close()
