"""The made-up people and organizations of the local platform. Their passwords are made at the first run."""

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


ORGANIZATIONS = (
    Organization("larkspur", "Larkspur Sample Medical, LLC", "9000000101"),
    Organization("tallgrass", "Tallgrass Sample Bracing, Inc.", "9000000201"),
)

PEOPLE = (
    Person("DWHITLOCK01", "Dana", "Whitlock-Sample", "AO", "larkspur"),
    Person("MOKAFOR02", "Miriam", "Okafor-Sample", "BAO", "larkspur"),
    Person("JREYES03", "Joel", "Reyes-Sample", "EU", "larkspur"),
    Person("PLINDGREN04", "Petra", "Lindgren-Example", "AO", "tallgrass"),
    Person("SBANERJEE05", "Samir", "Banerjee-Example", "BAO", "tallgrass"),
    Person("CNOVAK06", "Clara", "Novak-Example", "EU", "tallgrass"),
    Person("TANALYST07", "Theo", "Hartley-Example", "ANALYST"),
)


def organization_of(person: Person) -> Organization | None:
    """Return whom the person acts for, None for a contractor's employee."""
    return next((known for known in ORGANIZATIONS if known.key == person.organization), None)
