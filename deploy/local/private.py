"""What is secret about this platform: made at the first run, kept in its folder, readable by its owner only."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from chassis import key_ring
from chassis.signing import SigningKey
from deploy.local.demo import MACHINES, NEWCOMERS, ORGANIZATIONS, PEOPLE, organization_of

SERVICES = ("bidding", "contracts", "documents", "notices", "identity")


@dataclass(frozen=True)
class Secrets:
    """Passwords of database roles (`<service>_<role>`), of people (by user id) and machines (by client id)."""

    roles: dict[str, str]
    people: dict[str, str]
    machines: dict[str, str]


def secrets_in(folder: Path) -> Secrets:
    """Return this platform's passwords, making those that are missing."""
    file = folder / "secrets.json"
    kept: dict[str, dict[str, str]] = {"roles": {}, "people": {}, "machines": {}}
    if file.exists():
        kept |= json.loads(file.read_text())
    for service in SERVICES:
        for role in ("migrator", "login"):
            kept["roles"].setdefault(f"{service}_{role}", secrets.token_urlsafe(24))
    for person in (*PEOPLE, *NEWCOMERS):
        kept["people"].setdefault(person.user_id, secrets.token_urlsafe(9))
    for machine in MACHINES:
        kept["machines"].setdefault(machine.client_id, secrets.token_urlsafe(24))
    write_private(file, kept)
    return Secrets(**kept)


def signing_key(folder: Path, name: str) -> Path:
    """Return the file of a P-256 signing key, making the key the first time."""
    file = folder / "keys" / f"{name}.pem"
    if not file.exists():
        SigningKey.generate().save(file)
    return file


def signing_keys(folder: Path, name: str) -> Path:
    """Return the folder of a purpose's keys, which can be rotated there, making the first key the first time."""
    ring = folder / "keys" / name
    if not ring.is_dir():
        key_ring.new(ring)
    return ring


def write_demo_people(folder: Path, known: Secrets) -> Path:
    """Write who belongs where, for the identity-adapter's seed; people's passwords are the identity provider's only."""
    file = folder / "demo-people.json"
    content = {
        "organizations": [asdict(organization) for organization in ORGANIZATIONS],
        "people": [{**asdict(person), "email": person.email} for person in PEOPLE],
        "machines": [{**asdict(machine), "secret": known.machines[machine.client_id]} for machine in MACHINES],
    }
    write_private(file, content)
    return file


def accounts(known: Secrets) -> list[dict[str, str]]:
    """Return the identity provider's people."""
    return [
        {
            "user_id": person.user_id,
            "given_name": person.given_name,
            "family_name": person.family_name,
            "email": person.email,
            "password": known.people[person.user_id],
        }
        for person in (*PEOPLE, *NEWCOMERS)
    ]


def sign_ins(known: Secrets) -> list[dict[str, str | None]]:
    """Return who can sign in, as `platform.json` tells it."""
    return [
        {
            "user_id": person.user_id,
            "role": person.role,
            "organization": organization.legal_business_name if (organization := organization_of(person)) else None,
            "password": known.people[person.user_id],
        }
        for person in (*PEOPLE, *NEWCOMERS)
    ]


def write_private(file: Path, content: object) -> None:
    """Write JSON that only its owner may read, whole or not at all."""
    half = file.with_suffix(".new")
    half.touch(mode=0o600)
    half.write_text(json.dumps(content, indent=2) + "\n")
    half.replace(file)
