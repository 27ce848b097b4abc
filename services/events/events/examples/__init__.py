"""One example of every event, by module: the fixtures of tests, of the catalogue and of downstream systems."""

from events.envelope import Event
from events.examples import (
    audit,
    bidding,
    breaches,
    chat,
    contract_documents,
    contracts,
    dbids,
    documents,
    enrolment,
    form_c,
    identity,
    information,
    notices,
    public,
    rounds,
)

EXAMPLES: tuple[Event, ...] = (
    *identity.EXAMPLES,
    *bidding.EXAMPLES,
    *rounds.EXAMPLES,
    *documents.EXAMPLES,
    *notices.EXAMPLES,
    *chat.EXAMPLES,
    *contracts.EXAMPLES,
    *contract_documents.EXAMPLES,
    *breaches.EXAMPLES,
    *form_c.EXAMPLES,
    *information.EXAMPLES,
    *enrolment.EXAMPLES,
    *dbids.EXAMPLES,
    *public.EXAMPLES,
    *audit.EXAMPLES,
)

BY_TYPE = {example.TYPE: example for example in EXAMPLES}
