"""A real row for every route that names one: whoever adds such a route adds its example here, or the tests fail.

The rows themselves are made in `tests.access.rows`. `BODIES` holds a valid body for routes that need one to be
understood.
"""

import uuid
from typing import Any

from documents_svc.uploads.certification import UPLOAD_CERTIFICATION
from tests.access.rows import Factory, bidding, contracts, documents, identity, notices
from tests.contracts.subcontract import TERMS
from tests.documents.house import BYTES, TUS

EXAMPLES: dict[str, Factory] = {
    "bidding": bidding,
    "contracts": contracts,
    "documents": documents,
    "identity": identity,
    "notices": notices,
}

FORM = b"\r\n".join(
    [
        b"--b",
        b'Content-Disposition: form-data; name="certified_by"',
        b"",
        b"DWHITLOCK01",
        b"--b",
        b'Content-Disposition: form-data; name="statement"',
        b"",
        UPLOAD_CERTIFICATION.name.encode(),
        b"--b",
        b'Content-Disposition: form-data; name="includes"',
        b"",
        b"a score",
        b"--b",
        b'Content-Disposition: form-data; name="file"; filename="report.pdf"',
        b"Content-Type: application/pdf",
        b"",
        b"%PDF-1.7",
        b"--b--",
        b"",
    ]
)
READ = {"If-Match": '"0"'}
EDIT: dict[str, Any] = {"headers": READ, "json": {"answers": {}}}
SIGNED: dict[str, Any] = {
    "headers": READ,
    "json": {"signature": {"certified_by": "DWHITLOCK01", "statement": "a-statement/1"}},
}
BREACH_WORDS: dict[str, Any] = {"headers": READ, "json": {"text": "Words."}}
BREACH_ANSWER: dict[str, Any] = {
    "headers": READ,
    "json": {"text": "Here.", "receipts": [], "signature": SIGNED["json"]["signature"]},
}
BREACH_VERDICT = {"action_id": str(uuid.uuid4()), "applies": False, "because": "As heard."}
BODIES: dict[str, dict[str, Any]] = {
    "GET /api/bidding/bids": {"params": {"round": "R2028"}},
    "GET /api/bidding/bids/status/competitions": {"params": {"round": "R2028"}},
    "PATCH /api/bidding/bids/{bid_id}": EDIT,
    "POST /api/bidding/bids/{bid_id}/certification": SIGNED,
    "POST /api/bidding/form-a/{code}/approval": SIGNED,
    "POST /api/bidding/bids/{bid_id}/withdrawal": {"headers": READ},
    "POST /api/bidding/requirements/{requirement_id}/waiver": {
        "json": {"reason": "A county hospital.", "letter_id": str(uuid.uuid4())}
    },
    "PATCH /api/bidding/form-a/{code}/business": EDIT,
    "PATCH /api/bidding/form-a/{code}/disclosures": EDIT,
    "PATCH /api/bidding/form-a/{code}/locations/{ptan}": EDIT,
    "PATCH /api/bidding/form-a/{code}/{section}/{key}": EDIT,
    "DELETE /api/bidding/form-a/{code}/locations/{ptan}": {"headers": READ},
    "DELETE /api/bidding/form-a/{code}/{section}/{key}": {"headers": READ},
    "PUT /api/bidding/inquiries/{inquiry_id}/draft": {"headers": READ, "json": {"text": "We had a license."}},
    "POST /api/bidding/inquiries/{inquiry_id}/submission": {"headers": READ, "json": {"text": "We had a license."}},
    "GET /api/bidding/bonds/counts": {"params": {"round": "R2028"}},
    "POST /api/bidding/bonds/returns": {"json": {"bonds": [{"id": str(uuid.uuid4()), "version": 1}]}},
    "PUT /api/bidding/bonds/{bond_id}/paper": {"headers": READ, "json": {"principal": "Larkspur Sample Medical, LLC"}},
    "POST /api/bidding/bonds/{bond_id}/surety-notice": {
        "headers": READ,
        "json": {"on": "2026-11-20", "reference": "L-1"},
    },
    "POST /api/bidding/bonds/{bond_id}/forfeiture": {"headers": READ, "json": {"on": "2026-11-20", "reference": "E-1"}},
    "POST /api/bidding/bonds/{bond_id}/falsification-report": {"headers": READ, "json": {"because": "No such surety."}},
    "POST /api/bidding/bonds/{bond_id}/falsification-dismissal": {"headers": READ, "json": {"because": "It exists."}},
    "POST /api/bidding/bonds/{bond_id}/falsification": {
        "headers": READ,
        "json": {"bar": "this-round", "referred": True, "because": "The surety knows of no bond."},
    },
    "POST /api/bidding/surety-imports": {"content": b"naic,name,certified\n"},
    "GET /api/bidding/reviews/counts": {"params": {"round": "R2028"}},
    "PUT /api/bidding/reviews/{case_id}/findings/{finding_id}": {
        "headers": READ,
        "json": {"outcome": "pass", "because": "The bond is in the file."},
    },
    "POST /api/bidding/reviews/approvals": {"json": {"cases": [{"case_id": str(uuid.uuid4()), "version": 1}]}},
    "POST /api/bidding/reviews/{case_id}/assignment": {"headers": READ, "json": {"assignee": None}},
    "POST /api/bidding/reviews/{case_id}/return": {"headers": READ, "json": {"because": "Look again."}},
    "GET /api/bidding/evaluations": {"params": {"round": "R2021"}},
    "POST /api/bidding/evaluations/{run_id}/check": {"headers": READ},
    "POST /api/bidding/evaluations/{run_id}/release": {"headers": READ},
    "POST /api/bidding/rounds/{code}/pricing-imports/{what}": {"content": b"category,cba,demand\n"},
    "GET /api/bidding/awards": {"params": {"round": "R2028"}},
    "GET /api/bidding/results": {"params": {"round": "R2028"}},
    "POST /api/bidding/awards/{award_id}/release": {"headers": READ, "json": {}},
    "POST /api/bidding/awards/{award_id}/discarding": {"headers": READ},
    "POST /api/bidding/rounds/{code}/supplier-announcement": {"headers": READ},
    "POST /api/bidding/offers/{offer_id}/decisions": {
        "headers": READ,
        "json": {
            "decisions": [{"line_id": "0199c0de-0000-7000-8000-000000000001", "choice": "accept"}],
            "signature": {"certified_by": "DWHITLOCK01", "statement": "a-statement/1"},
        },
    },
    "POST /api/bidding/offers/{offer_id}/submission": {"headers": READ},
    "POST /api/bidding/offer-lines/{line_id}/rescission": {"headers": READ, "json": {"reason": "Not licensed."}},
    "GET /api/bidding/financial-scores": {"params": {"round": "R2021"}},
    "POST /api/bidding/financial-scores": {"json": {"bidder_id": "0199c0de-0000-7000-8000-000000000001"}},
    "PUT /api/bidding/financial-scores/{score_id}/sheet": {"headers": READ, "json": {}},
    "POST /api/bidding/financial-scores/{score_id}/submission": {"headers": READ},
    "POST /api/bidding/financial-scores/{score_id}/approval": {"headers": READ},
    "POST /api/bidding/financial-scores/{score_id}/return": {"headers": READ, "json": {"because": "Look again."}},
    "POST /api/bidding/financial-scores/{score_id}/re-opening": {"headers": READ, "json": {"because": "Mistyped."}},
    "POST /api/bidding/financial-scores/{score_id}/correction": {
        "headers": READ,
        "json": {"sheet": {}, "inquiry": "INQ-1"},
    },
    "POST /api/bidding/financial-scores/{score_id}/recalculation": {"headers": READ},
    "POST /api/bidding/financial-scores/{score_id}/release": {"headers": READ},
    "GET /api/bidding/financial-summary": {"params": {"round": "R2021"}},
    "GET /api/bidding/scorings": {"params": {"round": "R2021"}},
    "GET /api/bidding/unscored": {"params": {"round": "R2021"}},
    "GET /api/bidding/rounds/{code}/bidders/{bidder_number}/prices": {"params": {"purpose": "review"}},
    "POST /api/bidding/rounds/{code}/dbids-imports/{forms}": {"content": b"bidder_number\n"},
    "POST /api/bidding/rounds/{code}/imports/{kind}": {"content": b"code,name,state\n"},
    "POST /api/contracts/administration/{contract_id}/sending": {"headers": READ},
    "POST /api/contracts/administration/{contract_id}/emergency-termination": {"headers": READ},
    "POST /api/contracts/location-changes/{request_id}/submission": SIGNED,
    "POST /api/contracts/location-changes/{change_id}/answer": {"headers": READ, "json": {"text": "This one."}},
    "POST /api/contracts/location-changes/{change_id}/withdrawal": {"headers": READ},
    "POST /api/contracts/location-work/{change_id}/taking": {"headers": READ},
    "POST /api/contracts/location-work/{change_id}/question": {"headers": READ, "json": {"text": "Which one?"}},
    "POST /api/contracts/location-work/{change_id}/recommendation": {"headers": READ, "json": {"what": "deny"}},
    "POST /api/contracts/location-work/{change_id}/approval": {"headers": READ},
    "POST /api/contracts/location-work/{change_id}/denial": {"headers": READ, "json": {"explanation": "No."}},
    "PUT /api/contracts/form-c/{report_id}/rows": {"headers": READ, "json": {"rows": []}},
    "POST /api/contracts/form-c/{report_id}/spreadsheet": {"headers": READ, "content": b"hcpcs"},
    "GET /api/contracts/form-c/products": {"params": {"item": "L0650"}},
    "POST /api/contracts/form-c/{report_id}/copy": {"headers": READ},
    "POST /api/contracts/form-c/{report_id}/certification": SIGNED,
    "POST /api/contracts/form-c/{report_id}/re-opening": {"headers": READ},
    "POST /api/contracts/form-c-work/added-products/{added_id}/screening": {
        "headers": READ,
        "json": {"verdict": "pass"},
    },
    "POST /api/contracts/form-c-work/product-imports": {"content": b"hcpcs,manufacturer,model_name,model_number\n"},
    "POST /api/contracts/form-c-work/{report_id}/acceptance": {"headers": READ},
    "POST /api/contracts/form-c-work/{report_id}/return": {"headers": READ, "json": {"why": "Correct it."}},
    "POST /api/contracts/transfers/{transfer_id}/submission": SIGNED,
    "POST /api/contracts/transfers/{transfer_id}/lines": {
        "headers": READ,
        "json": {"lines": ["0199c0de-0000-7000-8000-000000000001"]},
    },
    "POST /api/contracts/transfers/{transfer_id}/effective-date": {
        "headers": READ,
        "json": {"effective_on": "2028-04-03"},
    },
    "POST /api/contracts/transfers/{transfer_id}/answer": {"headers": READ, "json": {"text": "This one."}},
    "POST /api/contracts/transfers/{transfer_id}/withdrawal": {"headers": READ},
    "POST /api/contracts/transfer-work/{transfer_id}/taking": {"headers": READ},
    "POST /api/contracts/transfer-work/{transfer_id}/question": {"headers": READ, "json": {"text": "Which one?"}},
    "POST /api/contracts/transfer-work/{transfer_id}/documents/{document_id}/waiver": {
        "headers": READ,
        "json": {"because": "Sent with the bid."},
    },
    "POST /api/contracts/transfer-work/{transfer_id}/finances": {"headers": READ, "json": {"finding": "acceptable"}},
    "POST /api/contracts/transfer-work/{transfer_id}/recommendation": {"headers": READ, "json": {"what": "deny"}},
    "POST /api/contracts/transfer-work/{transfer_id}/approval": {"headers": READ},
    "POST /api/contracts/transfer-work/{transfer_id}/denial": {"headers": READ, "json": {"explanation": "No."}},
    "POST /api/contracts/transfer-work/{transfer_id}/no-transfer-needed": {
        "headers": READ,
        "json": {"explanation": "It is a stock sale."},
    },
    "POST /api/contracts/transfer-work/{transfer_id}/novation": {"headers": READ, **SIGNED},
    "POST /api/contracts/subcontracts/{disclosure_id}/ending": {"headers": READ, "json": {"on": "2028-01-01"}},
    "POST /api/contracts/subcontracts/{disclosure_id}/answer": {"headers": READ, "json": {"text": "This one."}},
    "POST /api/contracts/subcontracts/{disclosure_id}/change": {
        "headers": READ,
        "json": {"terms": TERMS.model_dump(mode="json"), "signature": SIGNED["json"]["signature"]},
    },
    "POST /api/contracts/subcontract-work/{disclosure_id}/taking": {"headers": READ},
    "POST /api/contracts/subcontract-work/{disclosure_id}/question": {"headers": READ, "json": {"text": "Which?"}},
    "POST /api/contracts/subcontract-work/{disclosure_id}/acknowledgement": {"headers": READ, "json": {}},
    "POST /api/contracts/subcontract-work/{disclosure_id}/refusal": {"headers": READ, "json": {"explanation": "No."}},
    "POST /api/documents/retention/holds/{hold_id}/lifting": {"headers": READ, "json": {"because": "It is over."}},
    "POST /api/documents/retention/disposals/{disposal_id}/approval": {"headers": READ},
    "POST /api/documents/retention/disposals/{disposal_id}/withdrawal": {"headers": READ},
    "POST /api/contracts/breaches/{case_id}/plan": {
        "headers": READ,
        "json": {"finish_on": "2030-01-01", "text": "Here.", "receipts": [], "signature": SIGNED["json"]["signature"]},
    },
    "POST /api/contracts/breaches/{case_id}/report": BREACH_ANSWER,
    "POST /api/contracts/breaches/{case_id}/hearing-request": BREACH_ANSWER,
    "POST /api/contracts/breaches/{case_id}/evidence": BREACH_ANSWER,
    "POST /api/contracts/breaches/{case_id}/beneficiary-proof": BREACH_ANSWER,
    "POST /api/contracts/breach-work/{case_id}/recommendation": {
        "headers": READ,
        "json": {"deviations": ["A."], "evidence": "B.", "actions": [{"kind": "terminate"}]},
    },
    "POST /api/contracts/breach-work/{case_id}/dismissal": BREACH_WORDS,
    "POST /api/contracts/breach-work/{case_id}/return": BREACH_WORDS,
    "POST /api/contracts/breach-work/{case_id}/plan-return": BREACH_WORDS,
    "POST /api/contracts/breach-work/{case_id}/plan-acceptance": BREACH_WORDS,
    "POST /api/contracts/breach-work/{case_id}/verification": BREACH_WORDS,
    "POST /api/contracts/breach-work/{case_id}/cms-evidence": BREACH_WORDS,
    "POST /api/contracts/breach-work/{case_id}/holding": BREACH_WORDS,
    "POST /api/contracts/breach-work/{case_id}/notice": {"headers": READ, "json": {"cap_allowed": False}},
    "POST /api/contracts/breach-work/{case_id}/subsequent-notice": {
        "headers": READ,
        "json": {"cap_allowed": False, "text": "A.", "actions": [{"kind": "terminate"}]},
    },
    "POST /api/contracts/breach-work/{case_id}/plan-recommendation": {
        "headers": READ,
        "json": {"what": "accept", "text": "Whole."},
    },
    "POST /api/contracts/breach-work/{case_id}/hearing": {
        "headers": READ,
        "json": {"held_at": "2030-01-01T15:00:00Z", "held_by": "telephone", "place": "A line"},
    },
    "POST /api/contracts/breach-work/{case_id}/evidence-permission": {"headers": READ, "json": {"until": "2030-01-01"}},
    "POST /api/contracts/breach-work/{case_id}/evidence-sharing": {"headers": READ},
    "POST /api/contracts/breach-work/{case_id}/extension": {
        "headers": READ,
        "json": {"until": "2030-01-01", "text": "Long."},
    },
    "POST /api/contracts/breach-work/{case_id}/hearing-recommendation": {
        "headers": READ,
        "json": {"text": "A.", "actions": [BREACH_VERDICT]},
    },
    "POST /api/contracts/breach-work/{case_id}/decision": {"headers": READ, "json": {"actions": [BREACH_VERDICT]}},
    "HEAD /api/documents/uploads/{upload_id}": {"headers": TUS},
    "PATCH /api/documents/uploads/{upload_id}": {"headers": BYTES | {"Upload-Offset": "0"}, "content": b"some bytes"},
    "DELETE /api/documents/uploads/{upload_id}": {"headers": TUS},
    "POST /api/documents/slots/{slot_id}/files": {
        "headers": {"Content-Type": "multipart/form-data; boundary=b"},
        "content": FORM,
    },
    "GET /api/identity/people": {"params": {"search": "MOKAFOR"}},
    "POST /api/identity/role-requests/{request_id}/rejection": {"json": {"reason": "Not one of us."}},
    "POST /api/identity/members/{member_id}/lock": {"json": {"reason": "In wrong hands."}},
    "POST /api/identity/members/{member_id}/role": {"json": {"role": "EU"}},
    "GET /api/notices/live": {"params": {"once": True}},
    "PUT /api/notices/notices/{notice_id}/draft": {"headers": READ, "json": {"text": "We will"}},
    "POST /api/notices/notices/{notice_id}/responses": {"json": {"text": "Here it is."}},
    "POST /api/notices/desk/{notice_id}/submission": {"headers": READ},
    "POST /api/notices/desk/{notice_id}/rescission": {"headers": READ, "json": {"reason": "Sent in error."}},
    "POST /api/notices/mail-troubles/{pointer_id}/settlement": {"json": {"note": "Called."}},
    "POST /api/notices/chats/signed-in": {
        "json": {
            "key": "k" * 40,
            "first_name": "Dana",
            "last_name": "Whitlock",
            "email": "dana@larkspur.example",
            "phone": "410-555-0123",
            "topic": "uploads",
            "question": "Where is the receipt?",
        }
    },
    "GET /api/notices/chat-desk/live": {"params": {"once": True}},
    "POST /api/notices/chat-desk/chats/{chat_id}/messages": {"json": {"key": "message-1", "text": "Hello."}},
    "POST /api/notices/chat-desk/chats/{chat_id}/notes": {"json": {"text": "Called before."}},
    "POST /api/notices/chat-desk/chats/{chat_id}/hand-over": {"json": {"to": str(uuid.uuid4())}},
    "POST /api/notices/chat-desk/chats/{chat_id}/reassignment": {"json": {"to": str(uuid.uuid4())}},
    "POST /api/notices/chat-desk/chats/{chat_id}/verification": {"json": {"user_id": "DWHITLOCK01"}},
    "POST /api/notices/chat-desk/chats/{chat_id}/closure": {"json": {"outcome": "answered"}},
    "PUT /api/notices/chat-hours/{day}": {"json": {"opens": "08:00", "closes": "21:00"}},
    "POST /api/notices/batches/{batch_id}/release": {"headers": READ},
    "POST /api/notices/batches/{batch_id}/cancellation": {"headers": READ},
}
"""Arguments of the request by route name, for routes whose body is read before the thing is looked for."""

NAMED: dict[str, dict[str, str]] = {
    "GET /api/bidding/rounds/{code}/bidders/{bidder_number}/prices": {
        "code": "evaluated_round",
        "bidder_number": "evaluated_bidder",
    },
    "GET /api/bidding/reviews/{case_id}/inquiry": {"case_id": "inquiry_case_id"},
    "POST /api/bidding/reviews/{case_id}/determination": {"case_id": "inquiry_case_id"},
    "POST /api/identity/role-requests/{request_id}/approval": {"request_id": "somebody_elses_request_id"},
    "POST /api/identity/role-requests/{request_id}/rejection": {"request_id": "somebody_elses_request_id"},
}
"""Which example a route's path parameter stands for, where it is not the one of the parameter's name."""

SEEN_WITH: dict[str, set[str]] = {
    "GET /api/documents/slots": {"document.upload", "document.view", "staff.document.view"},
    "GET /api/documents/slots/{slot_id}": {"document.upload", "document.view", "staff.document.view"},
    "GET /api/documents/files": {"document.view", "staff.document.view"},
    "GET /api/documents/files/{file_id}": {"document.view", "staff.document.view"},
    "GET /api/documents/files/{file_id}/content": {"document.view", "staff.document.view"},
    "GET /api/documents/files/{file_id}/receipt": {"document.view", "staff.document.view"},
    "GET /api/documents/files/{file_id}/versions": {"document.view", "staff.document.view"},
    "GET /api/documents/files/{file_id}/pages/{page}": {"document.view", "staff.document.view"},
    "GET /api/documents/files/{file_id}/pages/{page}/picture": {"document.view", "staff.document.view"},
    "GET /api/identity/organizations/{organization_id}": {"organization.view", "staff.organization.view"},
    "POST /api/identity/members/{member_id}/removal": {"staff.member.remove"},
    "GET /api/notices/notices": {"notice.cdrd.view"},
    "GET /api/notices/notices/{notice_id}": {"notice.cdrd.view"},
    "GET /api/notices/notices/{notice_id}/document": {"notice.cdrd.view"},
    "POST /api/notices/notices/{notice_id}/opening": {"notice.cdrd.view"},
    "PUT /api/notices/notices/{notice_id}/draft": {"notice.cdrd.respond"},
    "GET /api/notices/notices/{notice_id}/responses": {"notice.cdrd.view"},
    "POST /api/notices/notices/{notice_id}/responses": {"notice.cdrd.respond"},
}
"""Routes that anybody signed in may ask and that show a row only to who holds one of these: its own permission."""

OF_A_PERSON = {
    "GET /api/identity/sessions",
    "DELETE /api/identity/sessions/{session_id}",
    "GET /api/identity/role-requests/mine",
    "POST /api/identity/role-requests/{request_id}/withdrawal",
}
"""Routes whose rows are a person's own, whatever the person acts for or as."""

COMMITS = {"POST /api/documents/slots/{slot_id}/files"}
"""Routes that need what they have committed within the same request; the others are undone between two cells."""

SHARED_LISTS = {
    "GET /api/bidding/rounds",
    "GET /api/bidding/rounds/{code}/competitions",
    "GET /api/bidding/rule-sets",
    "GET /api/bidding/fees",
    "GET /api/bidding/closings",
    "GET /api/contracts/rounds",
    "GET /api/contracts/form-c/products",
}
"""Lists of what belongs to no organization, and not for staff alone: everybody with the permission sees the same."""

SHARED_THINGS = {
    "GET /api/bidding/rounds/{code}",
    "GET /api/bidding/rounds/{code}/calendar",
    "GET /api/bidding/rounds/{code}/competitions",
}
"""Things that belong to no organization, and are not for staff alone."""
