"""The local platform's people: made-up, complete, and their passwords in no repository."""

import csv
import json
import re
import stat
from collections import Counter
from importlib.resources import files
from pathlib import Path

from chassis.key_ring import KeyRing
from chassis.signing import SigningKey
from deploy.local.demo import NEWCOMERS, ORGANIZATIONS, PEOPLE, organization_of
from deploy.local.private import secrets_in, sign_ins, signing_key, signing_keys, write_demo_people
from identity_adapter.roles.table import role_table


def test_each_of_two_organizations_has_every_supplier_role_once_and_the_program_every_inside_role_once() -> None:
    roles = Counter((person.organization, person.role) for person in PEOPLE)
    sides: dict[str, list[str | None]] = {"supplier": [known.key for known in ORGANIZATIONS], "staff": [None]}
    expected = {(where, code) for code, role in role_table().roles.items() for where in sides[role.side]}
    assert len(ORGANIZATIONS) == 2
    assert roles == dict.fromkeys(expected, 1)


def test_nobody_could_be_taken_for_a_real_person_or_company() -> None:
    everybody = (*PEOPLE, *NEWCOMERS)
    names = [known.legal_business_name for known in ORGANIZATIONS] + [person.family_name for person in everybody]
    assert all("Sample" in name or "Example" in name for name in names)
    assert all(person.email.endswith(".example") for person in everybody)
    assert all(re.search(r"\|9[0-9]{2}-00-[0-9]{4}\|", row["officials"]) for row in enrolment_records())
    assert all("Sample" in row["legal_business_name"] for row in enrolment_records())


def enrolment_records() -> list[dict[str, str]]:
    sample = files("identity_adapter.enrolment").joinpath("sample.csv").read_text("utf-8")
    return list(csv.DictReader(sample.splitlines()))


def test_the_enrolment_record_knows_each_organization_with_two_locations_and_its_officials() -> None:
    for known in ORGANIZATIONS:
        mine = [row for row in enrolment_records() if row["legal_business_name"] == known.legal_business_name]
        assert len(mine) == 2
        assert known.ptan == mine[0]["ptan"]
        assert all(row["licences"] and row["accreditations"] for row in mine)
        for person in PEOPLE:
            if person.organization == known.key and person.role in {"AO", "BAO"}:
                assert f"AO|{person.given_name}|{person.family_name}|" in mine[0]["officials"]


def test_a_newcomer_can_register_with_a_ptan_that_nobody_registered(tmp_path: Path) -> None:
    registered = {known.legal_business_name for known in ORGANIZATIONS}
    unregistered = [row for row in enrolment_records() if row["legal_business_name"] not in registered]
    listed = {user["user_id"]: user for user in sign_ins(secrets_in(tmp_path))}
    for newcomer, row in zip(NEWCOMERS, unregistered, strict=True):
        assert f"AO|{newcomer.given_name}|{newcomer.family_name}|" in row["officials"]
        assert (listed[newcomer.user_id]["role"], listed[newcomer.user_id]["organization"]) == ("", None)


def test_passwords_are_made_once_and_differ_from_platform_to_platform(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    first = secrets_in(here)
    assert secrets_in(here) == first
    assert not set(first.people.values()) & set(secrets_in(there).people.values())
    assert len({*first.people.values(), *first.roles.values()}) == len(first.people) + len(first.roles)


def test_what_is_secret_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    people = write_demo_people(tmp_path, secrets_in(tmp_path))
    for file in (tmp_path / "secrets.json", signing_key(tmp_path, "audit"), people):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_signing_key_stays_the_same(tmp_path: Path) -> None:
    kid = SigningKey.load(signing_key(tmp_path, "audit")).kid
    assert SigningKey.load(signing_key(tmp_path, "audit")).kid == kid


def test_a_key_ring_has_one_key_that_signs_now_and_stays_the_same(tmp_path: Path) -> None:
    first = KeyRing.load(signing_keys(tmp_path, "token"))
    assert [key.kid for key in first.public_keys()] == [first.current().kid]
    assert KeyRing.load(signing_keys(tmp_path, "token")).current().kid == first.current().kid


def test_the_seed_file_says_who_belongs_where_and_no_persons_password(tmp_path: Path) -> None:
    known = secrets_in(tmp_path)
    told = write_demo_people(tmp_path, known).read_text()
    assert not [password for password in (*known.people.values(), *known.roles.values()) if password in told]
    people = {person["user_id"]: person for person in json.loads(told)["people"]}
    assert people["DWHITLOCK01"]["organization"] == "larkspur"
    assert people["TANALYST07"]["organization"] is None


def test_sign_ins_name_the_organization(tmp_path: Path) -> None:
    listed = {user["user_id"]: user for user in sign_ins(secrets_in(tmp_path))}
    assert listed["PLINDGREN04"]["organization"] == "Tallgrass Sample Bracing, Inc."
    assert organization_of(PEOPLE[-1]) is None
