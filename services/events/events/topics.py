"""Every topic: how it is laid out in Kafka, who writes it and who may read it.

Topics are created from these records and from nowhere else (automatic creation is off); the access lists become the
broker's ACLs where it has any.
"""

from dataclasses import dataclass

from events import audit, bidding, contracts, dbids, documents, enrolment, form_c, identity, notices, public, rounds

PUBLIC = "public"  # any downstream system that was given access to the program's events
AUDITORS = "auditors"  # whoever runs the verify command outside a service
ENROLMENT_BRIDGE = "enrolment-bridge"  # whoever reads the enrolment record (PECOS) for the platform
DBIDS_BRIDGE = "dbids-bridge"  # whoever reads the bidding system DBidS for the platform

SERVICES = frozenset({"bidding", "contracts", "documents", "identity", "notices"})

ORDERED = 12  # partitions where order per aggregate matters and consumers scale
QUIET = 3

DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Topic:
    """A Kafka topic. `keep_days` None keeps everything; a compacted topic keeps the latest event of each key."""

    name: str
    about: str
    partitions: int
    writers: frozenset[str]
    readers: frozenset[str]
    compacted: bool = False
    keep_days: int | None = None

    @property
    def configuration(self) -> dict[str, str]:
        """Topic-level settings by Kafka's own names; replication is the deployment's."""
        return {
            "cleanup.policy": "compact" if self.compacted else "delete",
            "retention.ms": "-1" if self.keep_days is None else str(self.keep_days * DAY_MS),
            "retention.bytes": "-1",
        }


def _stream(name: str, service: str, about: str, partitions: int = ORDERED) -> Topic:
    return Topic(name, about, partitions, writers=frozenset({service}), readers=SERVICES)


def _state(name: str, writer: str, readers: set[str], about: str, partitions: int = QUIET) -> Topic:
    return Topic(name, about, partitions, frozenset({writer}), frozenset(readers), compacted=True)


def parking_topic(service: str) -> str:
    """Return the name of the topic where `service` parks what it cannot take."""
    return f"connexion.{service}.parked"


def _parking(service: str) -> Topic:
    # What is parked here still stands in the stream it came from, so it may age.
    about = f"Messages that {service} could not take, each with its story, until they are replayed."
    mine = frozenset({service})
    return Topic(parking_topic(service), about, QUIET, writers=mine, readers=mine, keep_days=365)


TOPICS: tuple[Topic, ...] = (
    _stream(bidding.STREAM, "bidding", "What bidding-svc says to the platform."),
    _stream(contracts.STREAM, "contracts", "What contracts-svc says to the platform."),
    _stream(documents.STREAM, "documents", "What documents-svc says to the platform."),
    _stream(notices.STREAM, "notices", "What notices-svc says to the platform."),
    _stream(identity.STREAM, "identity", "Token keys, revocations and registrations.", partitions=QUIET),
    _state(rounds.STATE, "bidding", {*SERVICES, PUBLIC}, "The latest snapshot of each round."),
    _state(contracts.STATE, "contracts", {*SERVICES, PUBLIC}, "The latest snapshot of each contract.", ORDERED),
    _state(form_c.DIRECTORY, "contracts", {*SERVICES, PUBLIC}, "The latest products of each contract line.", ORDERED),
    Topic(
        enrolment.FEED,
        "What the bridge to the enrolment record reports, officials and tax identification numbers included.",
        ORDERED,
        writers=frozenset({ENROLMENT_BRIDGE}),
        readers=frozenset({"identity"}),
        keep_days=30,
    ),
    Topic(
        dbids.FEED,
        "What the bridge to the bidding system DBidS reports, amounts and capacities of bids included.",
        ORDERED,
        writers=frozenset({DBIDS_BRIDGE}),
        readers=frozenset({"bidding"}),
        keep_days=30,
    ),
    _state(enrolment.STATE, "identity", {"bidding", "contracts"}, "The latest snapshot of each PTAN.", ORDERED),
    _state(identity.DIRECTORY, "identity", set(SERVICES), "The latest name of each organization."),
    _state(identity.CONTACTS, "identity", {"notices"}, "The latest e-mail address of each person: personal data."),
    Topic(
        public.ANNOUNCEMENTS,
        "Announcements of the program for downstream systems.",
        QUIET,
        writers=frozenset({"bidding", "contracts"}),
        readers=frozenset({*SERVICES, PUBLIC}),
    ),
    Topic(
        audit.HEADS,
        "Signed heads of every service's sealed audit batches.",
        QUIET,
        writers=SERVICES,
        readers=frozenset({*SERVICES, AUDITORS}),
    ),
    *(_parking(service) for service in sorted(SERVICES)),
)

BY_NAME = {topic.name: topic for topic in TOPICS}
