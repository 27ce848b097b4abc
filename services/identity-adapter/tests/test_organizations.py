"""Organizations, people and their roles; what the seed loads; what the other services hear of it."""

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select, text

from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotFound
from chassis.tables import audit, outbox
from events.identity import ContactChangedV2, OrganizationNamed, OrganizationRegistered, PersonRemoved
from identity_adapter.members.__main__ import tell_all
from identity_adapter.members.use_cases import person_of
from identity_adapter.organizations.__main__ import remove
from identity_adapter.organizations.organization import Organization
from identity_adapter.organizations.use_cases import register_organization
from identity_adapter.seed import Demo, seed
from identity_adapter.settings import IdentitySettings

TEST = Actor.system("test")
FILE = {
    "organizations": [{"key": "a", "legal_business_name": "Larkspur Sample Medical, LLC", "ptan": "9000000101"}],
    "people": [
        {
            "user_id": "dwhitlock01",
            "given_name": "Dana",
            "family_name": "Whitlock",
            "email": "dana@a.example",
            "role": "AO",
            "organization": "a",
        }
    ],
}


async def said(identity, event) -> list:
    async with identity.reading(Fence.system()) as session:
        bodies = await session.scalars(
            select(outbox.c.body).where(outbox.c.type == event.TYPE).order_by(outbox.c.position)
        )
        return [event.model_validate_json(body) for body in bodies]


async def load(identity, file: dict) -> dict[str, Organization]:
    async with identity.writing(Fence.system(), TEST) as session:
        return await seed(session, Demo.model_validate(file))


@pytest.mark.database
async def test_a_seeded_organization_is_registered_named_and_reachable(identity):
    organization = (await load(identity, FILE))["a"]
    (registered,) = await said(identity, OrganizationRegistered)
    (named,) = await said(identity, OrganizationNamed)
    (contact,) = await said(identity, ContactChangedV2)
    assert (registered.organization_id, registered.ptan) == (organization.id, "9000000101")
    assert (named.organization_id, named.legal_business_name) == (organization.id, "Larkspur Sample Medical, LLC")
    assert (contact.organization_id, contact.email) == (organization.id, "dana@a.example")


@pytest.mark.database
async def test_contacts_are_said_again_on_demand_as_they_are_now(identity):
    await load(identity, FILE)
    before = await said(identity, ContactChangedV2)
    await tell_all(identity, at_once=1)
    again = (await said(identity, ContactChangedV2))[len(before) :]
    latest = {event.key: (event.email, event.permissions) for event in before}
    assert {event.key: (event.email, event.permissions) for event in again} == latest
    assert len(again) == len(latest)


@pytest.mark.database
async def test_seeding_again_changes_and_says_nothing(identity):
    first = await load(identity, FILE)
    async with identity.reading(Fence.system()) as session:
        before = await session.scalar(select(func.count()).select_from(audit))
    again = await load(identity, FILE)
    async with identity.reading(Fence.system()) as session:
        assert await session.scalar(select(func.count()).select_from(audit)) == before
    assert again["a"].id == first["a"].id
    assert len(await said(identity, OrganizationRegistered)) == 1


@pytest.mark.database
async def test_a_new_name_is_told_to_the_directory(identity):
    await load(identity, FILE)
    async with identity.writing(Fence.system(), TEST) as session:
        await register_organization(session, "Larkspur Renamed, LLC", "9000000101")
    assert [event.legal_business_name for event in await said(identity, OrganizationNamed)] == [
        "Larkspur Sample Medical, LLC",
        "Larkspur Renamed, LLC",
    ]
    assert len(await said(identity, OrganizationRegistered)) == 1


@pytest.mark.database
async def test_an_email_address_travels_on_the_contacts_topic_alone(identity):
    await load(identity, FILE)
    async with identity.reading(Fence.system()) as session:
        rows = await session.execute(select(outbox.c.topic).where(outbox.c.body.contains("dana@a.example")))
        assert {row.topic for row in rows} == {"connexion.identity.contacts"}


@pytest.mark.database
async def test_an_operator_removes_a_person_from_an_organization(identity):
    organization = (await load(identity, FILE))["a"]
    await remove(identity, "DWHITLOCK01", "9000000101")
    async with identity.reading(Fence.system()) as session:
        person = await person_of(session, "DWHITLOCK01")
    assert person.memberships == []
    (removed,) = await said(identity, PersonRemoved)
    assert (removed.person_id, removed.organization_id) == (person.id, organization.id)
    assert (await said(identity, ContactChangedV2))[-1].email is None


@pytest.mark.database
@pytest.mark.parametrize(
    ("user_id", "ptan"), [("NOBODY", "9000000101"), ("DWHITLOCK01", "9999999999"), ("DWHITLOCK01", None)]
)
async def test_removing_what_is_not_there_says_so(identity, user_id, ptan):
    await load(identity, FILE)
    with pytest.raises(NotFound):
        await remove(identity, user_id, ptan)


@pytest.mark.database
async def test_an_organization_sees_itself_and_its_memberships_only_without_the_filter_too(identity, organizations):
    mine = organizations["a"].id
    async with identity.reading(Fence.organization(mine)) as session:
        assert (await session.scalars(text("select id from organization"))).all() == [mine]
        assert set(await session.scalars(text("select organization_id from membership"))) == {mine}


@pytest.mark.database
async def test_an_organization_reads_the_names_of_its_own_members_and_no_address(identity, organizations):
    async with identity.reading(Fence.organization(organizations["a"].id)) as session:
        assert (await session.scalars(text("select user_id from person"))).all() == ["DWHITLOCK01"]
    with pytest.raises(Exception, match="permission denied"):
        async with identity.reading(Fence.organization(organizations["a"].id)) as session:
            await session.execute(text("select email from person"))
    async with identity.reading(Fence.public()) as session:
        assert (await session.scalars(text("select user_id from person"))).all() == []
    with pytest.raises(Exception, match="permission denied"):
        async with identity.reading(Fence.staff()) as session:
            await session.execute(text("select user_id from person"))


@pytest.mark.database
@pytest.mark.parametrize("table", ["signed_in_session", "sign_in_attempt", "machine", "machine_secret"])
@pytest.mark.parametrize("fence", [Fence.public(), Fence.staff()], ids=["organization", "staff"])
async def test_what_belongs_to_a_person_is_out_of_reach_of_organizations_and_staff(identity, table, fence):
    with pytest.raises(Exception, match="permission denied"):
        async with identity.reading(fence) as session:
            await session.execute(text(f"select 1 from {table}"))


def demo_file(tmp_path, **more) -> IdentitySettings:
    return IdentitySettings(
        database_url="postgresql+asyncpg://u:p@h/d?ssl=verify-full",
        token_signing_key_file=tmp_path,
        public_url="https://connexion.example",
        identity_provider="https://idm.example",
        client_id="connexion",
        client_secret="secret",
        **{"official_digest_key_file": tmp_path / "official-digest"} | more,
    )


def test_production_refuses_made_up_people_and_a_provider_without_tls(tmp_path):
    assert demo_file(tmp_path).secure_cookies
    with pytest.raises(ValidationError, match="local environment only"):
        demo_file(tmp_path, demo_people_file=tmp_path / "people.json")
    for wrong in ({"identity_provider": "http://localhost:9400"}, {"public_url": "http://connexion.example"}):
        with pytest.raises(ValidationError, match="https"):
            IdentitySettings(**demo_file(tmp_path).model_dump() | wrong)


def test_production_matches_officials_under_a_key_of_its_own(tmp_path):
    with pytest.raises(ValidationError, match="needed in production"):
        demo_file(tmp_path, official_digest_key_file=None)


def test_a_way_to_authenticate_comes_with_what_it_needs(tmp_path):
    with pytest.raises(ValidationError, match="CONNEXION_CLIENT_KEY_FILE"):
        demo_file(tmp_path, client_authentication="private_key_jwt")
    assert demo_file(tmp_path, client_authentication="private_key_jwt", client_key_file=tmp_path / "client.pem")
    assert demo_file(tmp_path, required_acr="").required_acr is None
