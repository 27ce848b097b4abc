"""The made-up people, organizations and machines of the local platform. Their passwords are made at the first run.

CONNEXION_DEMO_ORGANIZATIONS asks for more organizations, each with one authorized official: for load and faults.
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Organization:
    """A supplier that registered with one PTAN (its enrolment number at Medicare)."""

    key: str
    legal_business_name: str
    ptan: str


@dataclass(frozen=True)
class Person:
    """Somebody with an account at the identity provider; without an organization: a contractor's employee."""

    user_id: str
    given_name: str
    family_name: str
    role: str
    organization: str | None = None

    @property
    def email(self) -> str:
        """An address that reaches nobody (RFC 2606)."""
        return f"{self.given_name.lower()}.{self.family_name.lower()}@{self.organization or 'cbic'}.example"


def more_organizations(count: int) -> tuple[Organization, ...]:
    """Make up that many organizations beside the two that have names."""
    return tuple(
        Organization(f"sample{number:03}", f"Sample Supplier {number:03}, Inc.", f"90000{number:05}")
        for number in range(1000, 1000 + count)
    )


def official_of(organization: Organization) -> Person:
    """Make up the authorized official of a made-up organization."""
    number = organization.key.removeprefix("sample")
    return Person(f"OFFICIAL{number}", f"Official{number}", "Sample", "AO", organization.key)


_NAMED = (
    Organization("larkspur", "Larkspur Sample Medical, LLC", "9000000101"),
    Organization("tallgrass", "Tallgrass Sample Bracing, Inc.", "9000000201"),
)
_MORE = more_organizations(int(os.environ.get("CONNEXION_DEMO_ORGANIZATIONS", "2")) - len(_NAMED))


@dataclass(frozen=True)
class Machine:
    """A downstream system with client credentials."""

    client_id: str
    name: str
    scopes: tuple[str, ...]


ORGANIZATIONS = (*_NAMED, *_MORE)

PEOPLE = (
    Person("DWHITLOCK01", "Dana", "Whitlock-Sample", "AO", "larkspur"),
    Person("MOKAFOR02", "Miriam", "Okafor-Sample", "BAO", "larkspur"),
    Person("JREYES03", "Joel", "Reyes-Sample", "EU", "larkspur"),
    Person("PLINDGREN04", "Petra", "Lindgren-Example", "AO", "tallgrass"),
    Person("SBANERJEE05", "Samir", "Banerjee-Example", "BAO", "tallgrass"),
    Person("CNOVAK06", "Clara", "Novak-Example", "EU", "tallgrass"),
    Person("TANALYST07", "Theo", "Hartley-Example", "EVALUATION_ANALYST"),
    Person("NCLERK08", "Nora", "Quist-Example", "DOCUMENT_CLERK"),
    Person("FANALYST09", "Felix", "Amadi-Example", "FINANCIAL_ANALYST"),
    Person("QREVIEWER10", "Quinn", "Sorensen-Example", "QUALITY_REVIEWER"),
    Person("CADMIN11", "Carla", "Ibarra-Example", "CONTRACT_ADMINISTRATOR"),
    Person("MCOMPLIANCE12", "Marek", "Dvorak-Example", "COMPLIANCE_ANALYST"),
    Person("OFFICER13", "Olive", "Tanaka-Example", "CONTRACTING_OFFICER"),
    Person("PRICING14", "Paul", "Eriksen-Example", "PRICING_ANALYST"),
    Person("HEARING15", "Hana", "Mbeki-Example", "HEARING_OFFICER"),
    Person("SERVICE16", "Sol", "Rivera-Example", "CUSTOMER_SERVICE"),
    Person("CHATLEAD17", "Chloe", "Bergman-Example", "CHAT_SUPERVISOR"),
    Person("AUDITOR18", "Arun", "Keller-Example", "AUDITOR"),
    Person("SYSADMIN19", "Sara", "Lindqvist-Example", "SYSTEM_ADMINISTRATOR"),
    *(official_of(organization) for organization in _MORE),
)


NEWCOMERS = (Person("NDESAI20", "Nora", "Desai-Sample", "", "juniper"),)
"""Who has an account and no role yet: an official of a supplier that is enrolled and has not registered. What to
register with stands in `identity_adapter/enrolment/sample.csv`, as the enrolment record of the whole demonstration.
"""

MACHINES = (Machine("sample-downstream", "Sample downstream system", ("rounds.read", "contracts.read")),)


def organization_of(person: Person) -> Organization | None:
    """Return whom the person acts for, None for a contractor's employee and for somebody without a role."""
    return next((known for known in ORGANIZATIONS if known.key == person.organization), None)
