"""Form A, field by field: one form for each bidder (domain/bidding.md 3; business types by domain/documents.md 3)."""

from dataclasses import replace

from bidding_svc.forms.field import Field, Kind, Option, Section, Source, When
from bidding_svc.forms.permissions import EDIT_BUSINESS, EDIT_LOCATIONS
from events.rule_set import RuleSet

SINGLE, MULTIPLE, NETWORK = "single-location", "multiple-locations", "network"
UNRELATED = "none"
OFFICER_LINKS = ("officer", "director", "partner")

BUSINESS = Section(
    "business",
    "Business organization",
    "Your legal business name comes from the enrollment record of the PTAN you registered with.",
    EDIT_BUSINESS,
    (
        Field(
            "business_type",
            "Business type",
            Kind.CHOICE,
            "As you file your federal tax return. It decides which tax form the round asks you to upload.",
            options=(
                Option("c-corporation", "C corporation"),
                Option("s-corporation", "S corporation"),
                Option("partnership", "Partnership, or limited liability company taxed as one"),
                Option("sole-proprietorship", "Sole proprietorship, or single-member limited liability company"),
                Option("non-profit", "Non-profit organization"),
                Option("trust", "Owned by a trust or an estate"),
                Option("government", "State or municipal entity"),
            ),
        ),
        Field(
            "tax_return",
            "Your most recent federal tax return",
            Kind.CHOICE,
            "Leave this empty if you filed a return of your own.",
            needed=False,
            options=(
                Option("own", "A return of our own"),
                Option("parent", "On our parent's consolidated return"),
                Option("not-yet", "None yet: we have just started up"),
            ),
            asked_by_rules=True,
        ),
        Field(
            "bidding_as",
            "How you bid",
            Kind.CHOICE,
            options=(
                Option(SINGLE, "As a single location"),
                Option(MULTIPLE, "With multiple locations"),
                Option(NETWORK, "As a network of small suppliers"),
            ),
        ),
        Field(
            "relation",
            "How the locations belong together",
            Kind.CHOICE,
            needed=When("bidding_as", (MULTIPLE,)),
            options=(
                Option("subsidiary", "Subsidiaries of one parent"),
                Option("commonly-owned", "Commonly owned or controlled"),
                Option("national-chain", "National chain"),
                Option("franchise", "Franchise"),
                Option(UNRELATED, "None of these"),
            ),
        ),
        Field(
            "relation_explanation",
            "Explain how the locations belong together",
            Kind.LONG_TEXT,
            needed=When("relation", (UNRELATED,)),
        ),
        Field(
            "specialty_supplier",
            "Specialty supplier",
            Kind.YES_NO,
            "A skilled nursing or nursing facility that bids to serve its own residents only.",
        ),
        Field("small_supplier", "Small supplier", Kind.YES_NO, "By gross receipts, Medicare and other, of one year."),
        Field(
            "gross_receipts",
            "Gross receipts of the last year",
            Kind.MONEY,
            "All receipts, Medicare and other, in dollars.",
            needed=When("small_supplier", ("yes",)),
        ),
    ),
)

LOCATIONS = Section(
    "locations",
    "Locations",
    "Every enrolled location that would furnish items, each by its PTAN.",
    EDIT_LOCATIONS,
    (
        Field("products", "Product categories", Kind.CHOICES, "What this location offers.", options=Source.CATEGORIES),
        Field("states", "States", Kind.CHOICES, "Where this location furnishes items.", options=Source.STATES),
        Field("note", "Note", Kind.TEXT, "For your own use.", needed=False, material=False),
    ),
    many=True,
    keyed_by_ptan=True,
)

LINKS = Section(
    "links",
    "Ownership and control",
    "Every other supplier with which you share owners, officers, directors or partners.",
    EDIT_BUSINESS,
    (
        Field("name", "Name of the other supplier", Kind.TEXT),
        Field("ptan", "PTAN of the other supplier", Kind.PTAN, "If it is enrolled in Medicare.", needed=False),
        Field(
            "kind",
            "How you are linked",
            Kind.CHOICE,
            options=(
                Option("owns", "We own a share of it"),
                Option("owned-by", "It owns a share of us"),
                Option("common-owner", "The same owner has a share of both"),
                Option("officer", "An owner of one is an officer of the other"),
                Option("director", "An owner of one is a director of the other"),
                Option("partner", "An owner of one is a partner of the other"),
            ),
        ),
        Field(
            "share",
            "Share in percent",
            Kind.PERCENT,
            "The smaller one, where an owner has a share of both.",
            needed=When("kind", ("owns", "owned-by", "common-owner")),
        ),
        Field("note", "Note", Kind.TEXT, needed=False, material=False),
    ),
    many=True,
)

MEMBERS = Section(
    "members",
    "Members of the network",
    "Each member by its PTAN. Contracts among the members are signed before bidding.",
    EDIT_BUSINESS,
    (
        Field("name", "Legal business name", Kind.TEXT),
        Field("gross_receipts", "Gross receipts of the last year", Kind.MONEY, "A member is a small supplier."),
        Field("cannot_serve_alone", "Certifies that it cannot serve the whole area alone", Kind.YES_NO),
        Field("primary", "Primary member", Kind.YES_NO, "The one that fills the forms and the contract."),
    ),
    many=True,
    keyed_by_ptan=True,
)

KINDS_OF_DISCLOSURE = ("legal_actions", "sanctions", "revocations", "convictions", "exclusions")


def _disclosure(name: str, label: str) -> tuple[Field, Field]:
    return (
        Field(name, label, Kind.YES_NO),
        Field(f"{name}_explanation", f"{label}: explain", Kind.LONG_TEXT, needed=When(name, ("yes",))),
    )


DISCLOSURES = Section(
    "disclosures",
    "Disclosures",
    "For your organization, its directors, officers and affiliates, and its subcontractors.",
    EDIT_BUSINESS,
    (
        *_disclosure("legal_actions", "Legal actions"),
        *_disclosure("sanctions", "Sanctions"),
        *_disclosure("revocations", "Revocations of a supplier number or accreditation"),
        *_disclosure("convictions", "Convictions"),
        *_disclosure("exclusions", "Exclusions from a federal program"),
        Field("complete", "These disclosures are complete and true", Kind.YES_NO, "For everybody named above."),
    ),
)

SECTIONS = (BUSINESS, LOCATIONS, LINKS, MEMBERS, DISCLOSURES)
BY_NAME = {section.name: section for section in SECTIONS}

TAX_RETURN = "tax-return-extract"


def sections_for(rules: RuleSet) -> tuple[Section, ...]:
    """Return what Form A asks in a round: about the tax return only where the round asks for an extract of it."""
    if any(document.code == TAX_RETURN for document in rules.required_financial_docs):
        return SECTIONS
    business = replace(BUSINESS, fields=tuple(field for field in BUSINESS.fields if not field.asked_by_rules))
    return (business, *SECTIONS[1:])
