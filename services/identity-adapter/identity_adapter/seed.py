"""Load made-up organizations and people: `python -m identity_adapter.seed`. Running it again changes nothing.

CONNEXION_DEMO_PEOPLE_FILE names a JSON file, for the local environment only:

    {"organizations": [{"key", "legal_business_name", "ptan"}],
     "people": [{"user_id", "given_name", "family_name", "email", "role", "organization": a key or null}],
     "machines": [{"client_id", "name", "scopes", "secret"}]}

The enrolment records of `enrolment/sample.csv` are loaded too, and the token keys are published, so that the other
services know them before the first token.
"""

import asyncio
import sys
from pathlib import Path

from pydantic import BaseModel, SecretStr

from chassis import program_time
from chassis.actor import Actor
from chassis.database import Database, Fence, Session
from chassis.key_ring import KeyRing
from chassis.settings import load
from identity_adapter.enrolment.__main__ import import_file
from identity_adapter.keys.token_keys import publish_keys
from identity_adapter.machines.use_cases import find_machine, register_machine
from identity_adapter.members.use_cases import add_member
from identity_adapter.organizations.organization import Organization
from identity_adapter.organizations.use_cases import register_organization
from identity_adapter.settings import IdentitySettings

SEED = Actor.system("identity-seed")
SAMPLE = Path(__file__).parent / "enrolment" / "sample.csv"


class DemoOrganization(BaseModel):
    """An organization of the file."""

    key: str
    legal_business_name: str
    ptan: str


class DemoPerson(BaseModel):
    """A person of the file; without an organization: somebody inside the program."""

    user_id: str
    given_name: str
    family_name: str
    email: str
    role: str
    organization: str | None = None


class DemoMachine(BaseModel):
    """A machine of the file."""

    client_id: str
    name: str
    scopes: list[str]
    secret: SecretStr


class Demo(BaseModel):
    """The whole file."""

    organizations: list[DemoOrganization] = []
    people: list[DemoPerson] = []
    machines: list[DemoMachine] = []


async def seed(session: Session, demo: Demo) -> dict[str, Organization]:
    """Load what is missing and return the organizations by their keys.

    Organizations and machines are brought to what the file says; roles stay as people have left them since.
    """
    known = {
        each.key: await register_organization(session, each.legal_business_name, each.ptan)
        for each in demo.organizations
    }
    for person in demo.people:
        about = person.model_dump(exclude={"organization"})
        await add_member(session, known[person.organization] if person.organization else None, **about)
    for machine in demo.machines:
        if await find_machine(session, machine.client_id) is None:
            secret = machine.secret.get_secret_value()
            await register_machine(session, machine.client_id, machine.name, machine.scopes, secret)
    return known


async def _main(settings: IdentitySettings, demo: Demo) -> str:
    program_time.use_file(settings.program_time_file)
    database = Database(settings.database_url, "identity")
    try:
        async with database.writing(Fence.system(), SEED) as session:
            await publish_keys(session, KeyRing.load(settings.token_signing_key_file))
            await seed(session, demo)
        records = await import_file(settings, database, SAMPLE, SEED)
    finally:
        await database.close()
    return (
        f"{len(demo.organizations)} organizations, {len(demo.people)} people, {len(demo.machines)} machines and "
        f"{records.rows} enrolment records stand"
    )


def main() -> int:
    """Seed from the file that the settings name; return the exit code."""
    settings = load(IdentitySettings)
    if settings.demo_people_file is None:
        print("CONNEXION_DEMO_PEOPLE_FILE names no file: there is nothing to load", file=sys.stderr)
        return 2
    demo = Demo.model_validate_json(settings.demo_people_file.read_bytes())
    print(asyncio.run(_main(settings, demo)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
