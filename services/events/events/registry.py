"""Every event there is. A new event is listed in `EVENTS` of its module; a new module is listed here."""

from collections.abc import Mapping
from types import MappingProxyType

from events import (
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
    offers,
    public,
    records,
    requirements,
    rounds,
)
from events.envelope import Event

EVENTS: tuple[type[Event], ...] = (
    *identity.EVENTS,
    *bidding.EVENTS,
    *offers.EVENTS,
    *requirements.EVENTS,
    *records.EVENTS,
    *rounds.EVENTS,
    *documents.EVENTS,
    *notices.EVENTS,
    *chat.EVENTS,
    *contracts.EVENTS,
    *contract_documents.EVENTS,
    *breaches.EVENTS,
    *form_c.EVENTS,
    *information.EVENTS,
    *enrolment.EVENTS,
    *dbids.EVENTS,
    *public.EVENTS,
    *audit.EVENTS,
)

BY_TYPE: Mapping[str, type[Event]] = MappingProxyType({event.TYPE: event for event in EVENTS})
