"""The rows of the fake contracts-svc, as its API tells them."""

from datetime import date
from typing import Any
from uuid import uuid4

from chassis import machine_time
from fake_gateway.answering import Answering, Json

STATEMENT = {"statement": "a-statement/1", "text": "I certify that this is true.", "needs_name": True}


class ContractRows(Answering):
    """Rows of contracts, versions, dates and location changes; a test names what it cares about."""

    def contract_line(self, **other: Any) -> Json:
        location = {"ptan": "9000000101", "npi": "1000000004", "effective_from": "2026-01-01", "effective_to": None}
        return {
            "line_id": str(uuid4()),
            "category_code": "OTSB",
            "cba_code": "dallas-tx",
            "label": "Back braces, Dallas, TX",
            "signed": True,
            "left_on": None,
            "locations": [location, location | {"ptan": "9000000102", "npi": None}],
            "prices": [{"hcpcs": "L0650", "amount": 102_345}],
            **other,
        }

    def contract(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "number": "R2028-000001",
            "legal_business_name": "Larkspur Sample Medical, LLC",
            "round_code": "R2028",
            "starts_on": "2026-01-01",
            "ends_on": "2028-12-31",
            "status": {"words": "Active", "day": None},
            "version": 2,
            "bidder_number": "2840071",
            "lines": [self.contract_line()],
            **other,
        }

    def contract_version(self, number: int, **other: Any) -> Json:
        seal = {"sealed_at": now(), "level": "PAdES B-LTA", "sha256": "9f2c41ab" * 8, "size": 92_160}
        return {
            "number": number,
            "reason": "signed" if number == 1 else "changed",
            "signed_at": now(),
            "in_force_at": now(),
            "content_sha256": "07e5d310" * 8,
            "sealed": seal,
            **other,
        }

    def location_change(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "request_id": str(uuid4()),
            "pair_id": None,
            "contract_id": str(uuid4()),
            "contract_number": "R2028-000001",
            "line_id": str(uuid4()),
            "label": "Back braces, Dallas, TX",
            "action": "add",
            "ptan": "9000000103",
            "requested_on": None,
            "why": "opened",
            "state": "SUBMITTED",
            "row_version": 1,
            "received_at": now(),
            "effective_on": None,
            "changed_at": now(),
            **other,
        }

    def staff_contract(self, told: Json, **other: Any) -> Json:
        kept = ("id", "number", "legal_business_name", "bidder_number", "round_code", "starts_on", "ends_on", "version")
        return {
            **{name: told[name] for name in kept},
            "organization_id": str(uuid4()),
            "state": "PENDING_CMS",
            "awaiting_signature": True,
            "being_sealed": False,
            "row_version": 3,
            "sent_at": now(),
            "sent_by": "ann.admin",
            "signed_at": None,
            "signed_by": None,
            "suspended_until": None,
            "cause": None,
            "changed_at": now(),
            **other,
            **told.get("staff", {}),
        }

    def contract_duty(self, on: date, title: str, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "code": "FORM_C",
            "title": title,
            "due_on": on.isoformat(),
            "due_at": f"{on.isoformat()}T20:59:59-05:00",
            "explanation": "10 business days after Thursday, December 31, 2026, skipping Juneteenth (June 19)",
            **other,
        }


def summary_of(change: Json) -> Json:
    return {name: value for name, value in change.items() if name not in ("more", "staff")}


def for_supplier(change: Json) -> Json:
    told = {"remark": "", "exchange": [], "answer_due_at": None, "explanation": "", "decided_at": None}
    told |= {"statement": STATEMENT, "allowed_actions": []}
    return summary_of(change) | told | change.get("more", {})


def for_staff(change: Json, *, listed: bool = False) -> Json:
    told = {"organization_id": str(uuid4()), "target_at": now(), "paused": False, "recommendation": None}
    if not listed:
        told |= {"remark": "", "exchange": [], "answer_due_at": None, "explanation": "", "decided_at": None}
        told |= {"checks": [], "enrolled": enrolled(), "decided_by": None, "allowed_actions": []}
        told |= change.get("more", {})
    return summary_of(change) | told | (change.get("staff", {}) if not listed else {})


def enrolled() -> Json:
    place = {"street": "7 Example Road, Suite 4", "city": "Dallas", "state": "TX", "zip_code": "75201"}
    return {"npi": "1000000004", "legal_business_name": "Larkspur Sample Medical, LLC", "location": place}


def now() -> str:
    return machine_time.now().isoformat()
