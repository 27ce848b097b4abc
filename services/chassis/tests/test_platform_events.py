"""Keys and revocations that other services publish end up where the token verifier looks."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import func, select

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotSignedIn
from chassis.ids import new_id
from chassis.kafka import Hears, hearings
from chassis.platform_events import hears_keys_and_revocations
from chassis.tables import signing_key
from chassis.tokens import SessionEnded, TokenVerifier
from chassis.trust import note_key
from events import documents, identity
from events.envelope import Envelope
from events.signing_keys import PublicJwk

pytestmark = pytest.mark.storage
ISSUER = "http://localhost"
KEY = ECKey.generate_key("P-256", {"kid": "k1"})
PUBLIC = PublicJwk.model_validate(KEY.as_dict(private=False))


async def tell(probe, *events) -> None:
    """Let the probe service hear events, each in its own transaction, as its worker would."""
    by_topic = {hearing.topic: hearing for hearing in hearings("probe", [hears_keys_and_revocations("probe")])}
    for event in events:
        envelope = Envelope.of(event, id=new_id(), time=machine_time.now(), source="/connexion/test")
        hearing = by_topic[event.TOPIC]
        async with hearing.first_time(probe, envelope.headers(), event.body()) as turn:
            await turn.take()


def published(event=identity.SigningKeyPublished, kid="k1", **more):
    dates = {"not_before": machine_time.now() - timedelta(hours=1), "not_after": None} | more
    return event(kid=kid, public_jwk=PUBLIC, **dates)


def a_token(**claims) -> str:
    now = int(machine_time.now().timestamp())
    told = {"iss": ISSUER, "aud": "connexion", "sub": "U", "kind": "person", "iat": now, "exp": now + 300} | claims
    return jwt.encode({"alg": "ES256", "kid": "k1"}, told, KEY)


async def test_a_token_is_good_once_its_key_was_heard(probe):
    verifier = TokenVerifier(probe, issuer=ISSUER, audience="connexion")
    with pytest.raises(NotSignedIn):
        await verifier.verify(a_token())
    await tell(probe, published())
    await verifier.refresh()
    assert (await verifier.verify(a_token())).user_id == "U"


async def test_a_revoked_session_and_a_removed_person_are_refused_once_heard(probe):
    session_id, person_id, organization_id = uuid4(), uuid4(), uuid4()
    verifier = TokenVerifier(probe, issuer=ISSUER, audience="connexion")
    await tell(probe, published())
    by_session = a_token(sid=str(session_id))
    by_person = a_token(pid=str(person_id), org=str(organization_id))
    elsewhere = a_token(pid=str(person_id), org=str(uuid4()))
    for token in (by_session, by_person, elsewhere):
        assert await verifier.verify(token)
    now = machine_time.now()
    await tell(
        probe,
        identity.SessionRevoked(session_id=session_id, revoked_at=now),
        identity.PersonRemoved(person_id=person_id, organization_id=organization_id, removed_at=now),
    )
    await verifier.refresh()
    for token in (by_session, by_person):
        with pytest.raises(SessionEnded):
            await verifier.verify(token)
    assert await verifier.verify(elsewhere)


async def test_a_receipt_key_signs_no_token(probe):
    await tell(probe, published(documents.SigningKeyPublished))
    verifier = TokenVerifier(probe, issuer=ISSUER, audience="connexion")
    await verifier.refresh()
    with pytest.raises(NotSignedIn):
        await verifier.verify(a_token())


async def test_a_key_that_is_said_again_takes_its_new_dates_and_stands_once(probe):
    retired_at = datetime(2026, 12, 1, tzinfo=UTC)
    await tell(probe, published(), published(not_after=retired_at))
    async with probe.reading(Fence.staff()) as session:
        assert await session.scalar(select(signing_key.c.not_after)) == retired_at
        assert await session.scalar(select(func.count()).select_from(signing_key)) == 1


async def test_nobody_takes_over_a_key_that_another_service_published(probe):
    await tell(probe, published(), published(documents.SigningKeyPublished, not_after=machine_time.now()))
    async with probe.writing(Fence.system(), Actor.system("test")) as session:
        dates = {"not_before": machine_time.now(), "not_after": machine_time.now()}
        await note_key(session, kid="k1", use="token", issuer="documents", public_jwk={}, **dates)
    async with probe.reading(Fence.staff()) as session:
        row = (await session.execute(select(signing_key))).one()
    assert (row.use, row.issuer, row.not_after) == ("token", "identity", None)


def test_a_service_that_hears_the_topic_in_a_slice_too_still_has_one_subscriber():
    slice_hears = Hears("probe")

    @slice_hears(identity.STREAM, identity.OrganizationRegistered)
    async def on_registered(event: identity.OrganizationRegistered, session: object) -> None:
        raise NotImplementedError

    heard = hearings("probe", [slice_hears, hears_keys_and_revocations("probe")])
    assert sorted(hearing.group for hearing in heard) == ["probe.connexion.documents", "probe.connexion.identity"]
    assert len(next(each for each in heard if each.topic == identity.STREAM).types) == 4
