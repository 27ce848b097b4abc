"""Signing a statement: what is refused, what is kept, and that nobody changes it."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fastapi import Request
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis import signature
from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotAllowed
from chassis.ids import Entity
from chassis.problems import status_of
from chassis.signature import Signer, Statement, Typed, sign

NOW = datetime(2026, 12, 20, 12, 0, tzinfo=UTC)
AHEAD = NOW + timedelta(days=30)
ORGANIZATION = uuid4()
ACTOR = Actor(
    "person",
    "DWHITLOCK01",
    "Dana Whitlock-Sample",
    person_id=uuid4(),
    organization_id=ORGANIZATION,
    session_id=uuid4(),
    token_id="t1",
    signed_in_at=NOW - timedelta(minutes=14, seconds=59),
)
SIGNER = Signer(ACTOR, "203.0.113.7", AHEAD, NOW)
SHORT = Statement("short", 2, "I certify this.")
LONG = Statement("long", 1, "I certify this under penalty of law.", needs_name=True)
TYPED = Typed(certified_by="dwhitlock01", statement="short/2")
NAMED = Typed(certified_by="dwhitlock01", statement="long/1", given_name=" dana ", family_name="Whitlock-Sample")
SUBJECT = Entity("thing", uuid4())
CONTENT = hashlib.sha256(b"what was signed").hexdigest()


@pytest.mark.parametrize("typed", ["DWHITLOCK01", "dwhitlock01", " DWhitlock01 "])
def test_the_own_user_id_certifies_in_any_case(typed):
    assert SHORT.certify(SIGNER, TYPED.model_copy(update={"certified_by": typed})).user_id == "DWHITLOCK01"


@pytest.mark.parametrize("typed", ["", "DWHITLOCK02", "DWHITLOCK0", "DWHITLOCK01\0", "x" * 10_000])
def test_another_user_id_does_not_certify(typed):
    with pytest.raises(signature.CertifiedByAnotherPerson) as refused:
        SHORT.certify(SIGNER, TYPED.model_copy(update={"certified_by": typed}))
    assert refused.value.fields[0].path == "certified_by"


@pytest.mark.parametrize("typed", ["DWHІTLOCK01", "ＤＷＨＩＴＬＯＣＫ01", "DWHITLOC\u212a01", "DWHITLOCK\u200b01"])
def test_letters_that_only_look_alike_do_not_certify(typed):
    with pytest.raises(signature.CertifiedWithLookAlikes) as refused:
        SHORT.certify(SIGNER, TYPED.model_copy(update={"certified_by": typed}))
    assert refused.value.fields[0].path == "certified_by"


@pytest.mark.parametrize("shown", ["short/1", "short/3", "short", "long/1", ""])
def test_another_statement_or_another_version_was_shown(shown):
    with pytest.raises(signature.StatementNotCurrent):
        SHORT.certify(SIGNER, TYPED.model_copy(update={"statement": shown}))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ({"given_name": ""}, "given_name"),
        ({"family_name": "  "}, "family_name"),
        ({"given_name": "Diana"}, "given_name"),
        ({"family_name": "Whitlock"}, "given_name"),
        ({"given_name": "Dаna"}, "given_name"),
    ],
)
def test_a_statement_that_asks_for_the_name_wants_the_own_one(name, field):
    with pytest.raises(signature.NameDoesNotMatch) as refused:
        LONG.certify(SIGNER, NAMED.model_copy(update=name))
    assert refused.value.fields[0].path == field


def test_the_name_is_kept_as_typed_where_it_is_asked_for_and_nowhere_else():
    named, short = LONG.certify(SIGNER, NAMED), SHORT.certify(SIGNER, TYPED.model_copy(update={"given_name": "X"}))
    assert (named.given_name, named.family_name) == ("dana", "Whitlock-Sample")
    assert (short.given_name, short.family_name) == (None, None)


@pytest.mark.parametrize(
    ("signed_in_at", "statement"),
    [
        (NOW - timedelta(minutes=15), SHORT),
        (None, SHORT),
        (NOW - timedelta(minutes=5), replace(SHORT, sign_in_within=timedelta(minutes=5))),
    ],
)
def test_a_sign_in_too_long_ago_certifies_nothing_whatever_was_typed(signed_in_at, statement):
    signer = replace(SIGNER, actor=replace(ACTOR, signed_in_at=signed_in_at))
    with pytest.raises(signature.SignInAgain) as refused:
        statement.certify(signer, Typed(certified_by="SOMEBODY", statement=""))
    assert (status_of(refused.value), refused.value.type) == (403, "sign-in-again")


def test_a_sign_in_is_judged_by_real_time_however_far_the_program_is_ahead():
    assert SHORT.certify(replace(SIGNER, at=NOW + timedelta(days=365)), TYPED)


def test_whoever_is_no_person_signs_nothing():
    with pytest.raises(NotAllowed):
        SHORT.certify(replace(SIGNER, actor=replace(ACTOR, kind="machine", person_id=None)), TYPED)


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ([], "127.0.0.1"),
        ([(b"x-forwarded-for", b"203.0.113.7")], "203.0.113.7"),
        ([(b"x-forwarded-for", b"198.51.100.1, 203.0.113.7")], "203.0.113.7"),
    ],
)
def test_the_address_is_the_one_the_gateway_wrote_down(headers, address):
    request = Request({"type": "http", "headers": headers, "client": ("127.0.0.1", 1), "state": {"actor": ACTOR}})
    assert Signer.of(request).address == address


async def kept(probe):
    async with probe.reading(Fence.system()) as session:
        return (await session.execute(text("select * from signature"))).all()


@pytest.mark.storage
async def test_a_signature_holds_who_what_when_and_from_where(probe):
    async with probe.writing(Fence.organization(ORGANIZATION), ACTOR) as session:
        signature_id = await sign(session, SIGNER, LONG, NAMED, subject=SUBJECT, content_sha256=CONTENT)
    (row,) = await kept(probe)
    assert (row.id, row.subject, row.subject_id) == (signature_id, "thing", str(SUBJECT.id))
    assert (row.organization_id, row.person_id, row.user_id) == (ORGANIZATION, ACTOR.person_id, "DWHITLOCK01")
    assert (row.statement, row.statement_text) == ("long/1", LONG.text)
    assert row.statement_sha256 == hashlib.sha256(LONG.text.encode()).hexdigest()
    assert (row.signed_at, row.machine_at, row.address) == (AHEAD, NOW, "203.0.113.7")
    assert (row.session_id, row.token_id, row.content_sha256) == (ACTOR.session_id, "t1", CONTENT)


@pytest.mark.storage
async def test_the_audit_trail_tells_the_signature_too(probe):
    async with probe.writing(Fence.organization(ORGANIZATION), ACTOR) as session:
        signature_id = await sign(session, SIGNER, SHORT, TYPED, subject=SUBJECT, content_sha256=CONTENT)
    async with probe.reading(Fence.system()) as session:
        noted = (await session.execute(text("select action, entity_id, after from audit"))).one()
    assert (noted.action, noted.entity_id) == ("thing.sign", str(SUBJECT.id))
    assert (noted.after["signature"], noted.after["content_sha256"]) == (str(signature_id), CONTENT)


@pytest.mark.storage
async def test_what_is_refused_leaves_nothing(probe):
    with pytest.raises(signature.StatementNotCurrent):
        async with probe.writing(Fence.organization(ORGANIZATION), ACTOR) as session:
            await sign(session, SIGNER, replace(SHORT, version=3), TYPED, subject=SUBJECT, content_sha256=CONTENT)
    assert await kept(probe) == []


@pytest.mark.storage
@pytest.mark.parametrize("fence", [Fence.organization(ORGANIZATION), Fence.staff(), Fence.system()])
@pytest.mark.parametrize("statement", ["update signature set address = null", "delete from signature"])
async def test_nobody_changes_or_removes_a_signature(probe, fence, statement):
    async with probe.writing(Fence.organization(ORGANIZATION), ACTOR) as session:
        await sign(session, SIGNER, SHORT, TYPED, subject=SUBJECT, content_sha256=CONTENT)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with probe.writing(fence, ACTOR) as session:
            await session.execute(text(statement))


@pytest.mark.storage
async def test_an_organization_sees_its_own_signatures_only(probe):
    async with probe.writing(Fence.organization(ORGANIZATION), ACTOR) as session:
        await sign(session, SIGNER, SHORT, TYPED, subject=SUBJECT, content_sha256=CONTENT)
    for fence, seen in ((Fence.organization(ORGANIZATION), 1), (Fence.organization(uuid4()), 0), (Fence.public(), 0)):
        async with probe.reading(fence) as session:
            assert await session.scalar(text("select count(*) from signature")) == seen


@pytest.mark.storage
async def test_whoever_acts_for_no_organization_signs_too(probe):
    officer = replace(ACTOR, kind="staff", user_id="OFFICER13", organization_id=None)
    typed = TYPED.model_copy(update={"certified_by": "officer13"})
    async with probe.writing(Fence.staff(), officer) as session:
        await sign(session, replace(SIGNER, actor=officer), SHORT, typed, subject=SUBJECT, content_sha256=CONTENT)
    assert [row.organization_id for row in await kept(probe)] == [None]
