"""Moments of the fake gateway in which every page has something to show, in every state it can be in."""

from fake_gateway import ORGANIZATION, OTHER_ORGANIZATION, FakeGateway
from fake_gateway import contracts as contract_parts
from fake_gateway.answering import SUPPLIER_PERMISSIONS
from fake_gateway.bonds import BOND_PERMISSIONS
from fake_gateway.chats import SUPERVISOR_PERMISSIONS
from fake_gateway.evaluations import PRICER_PERMISSIONS
from fake_gateway.form_c import FORM_C_PERMISSIONS
from fake_gateway.form_c_work import FORM_C_DESK
from fake_gateway.notice_desk import DESK_PERMISSIONS
from fake_gateway.offers import AWARD_PERMISSIONS, OFFER_PERMISSIONS
from fake_gateway.records import RECORD_PERMISSIONS
from fake_gateway.reviews import REVIEW_PERMISSIONS
from fake_gateway.rounds import SLOT
from fake_gateway.scores import KEYER_PERMISSIONS
from fake_gateway.subcontracting import CHECKS, SUBCONTRACT_DESK, SUBCONTRACT_PERMISSIONS
from fake_gateway.transfers import TRANSFER_DESK, TRANSFER_PERMISSIONS

ANOTHER_SLOT, THIRD_SLOT = (f"0197b3a0-0000-7000-8000-00000000000{number}" for number in "23")
PERSON, TICKET, CLOSED_TICKET = (f"0197b3a0-0000-7000-8000-0000000000{number}" for number in ("b1", "c1", "c2"))
INQUIRY = "0197b3a0-0000-7000-8000-0000000000f4"
DRAFT, BATCH = (f"0197b3a0-0000-7000-8000-0000000000{number}" for number in ("f2", "f3"))
KEYED, SCORED = "0197b3a0-0000-7000-8000-00000000005a", "0197b3a0-0000-7000-8000-00000000005b"
BOND = "0197b3a0-0000-7000-8000-0000000000e9"
CASE = "0197b3a0-0000-7000-8000-0000000000f1"
NOTICE, UNOPENED = (f"0197b3a0-0000-7000-8000-0000000000{number}" for number in ("e1", "e2"))
FILES = tuple(f"0197b3a0-0000-7000-8000-0000000000d{number}" for number in "12345")
BID, CERTIFIED = "0197b3a0-0000-7000-8000-0000000000f2", "0197b3a0-0000-7000-8000-0000000000f3"
LINK = "0197b3a0-0000-7000-8000-0000000000f1"
CONTRACT, CHANGE, REQUEST = (f"0197b3a0-0000-7000-8000-0000000001{number}" for number in ("a1", "a2", "a3"))
OFFER, SUBMITTED_OFFER, AWARD, HELD_AWARD = (
    f"0197b3a0-0000-7000-8000-0000000002{number}" for number in ("a1", "a2", "b1", "b2")
)
SUBCONTRACT, ASKED_SUBCONTRACT = (f"0197b3a0-0000-7000-8000-0000000004{number}" for number in ("a1", "a2"))
TRANSFER, ASKED_TRANSFER, DRAFTED_TRANSFER = (
    f"0197b3a0-0000-7000-8000-0000000005{number}" for number in ("a1", "a2", "a3")
)
CHAT, ENDED_CHAT = (f"0197b3a0-0000-7000-8000-0000000006{number}" for number in ("a1", "a2"))
FORM_C, SUBMITTED_FORM_C = (f"0197b3a0-0000-7000-8000-0000000003{number}" for number in ("a1", "a2"))
REJECTED = {"code": "UPL-03", "reason": "It has a password, so nobody can open it. Save it again without a password."}
RICHMOND = {"street": "7 Example Road, Suite 4", "city": "Richmond", "state": "VA", "zip_code": "23220-1234"}


def full(gateway: FakeGateway) -> None:
    """An authorized official in the middle of a bid window: files, people, requests, locations, sessions."""
    gateway.organizations.append({"id": OTHER_ORGANIZATION, "name": "Tallgrass Sample Bracing, Inc.", "role": "EU"})
    gateway.receive(b"%PDF-1.7 locked", id=FILES[0], state="REJECTED", rejection=REJECTED)
    for file, state in zip(FILES[1:], ("ACCEPTED", "SUPERSEDED", "NOT_SCANNED", "SCANNING"), strict=True):
        gateway.receive(b"%PDF-1.7 " + state.encode(), id=file, state=state, slot_id=ANOTHER_SLOT)
    bond = gateway.requirement(label="Bid surety bond", slot_id=ANOTHER_SLOT, state="RECEIVED")
    report = gateway.requirement(label="Personal credit report", slot_id=THIRD_SLOT, state="MISSING")
    gateway.requirements += [bond, report]
    half = gateway.upload(offset=2_600_000)
    gateway.uploads[half["id"]] = half
    gateway.todos = [gateway.todo() for _ in range(45)]
    gateway.sessions = [gateway.session(is_this_one=number == 0) for number in range(30)]
    mine = {"user_id": "dana.whitlock", "name": "Dana Whitlock", "granted_by": "Connexion"}
    gateway.members = [gateway.member("AO", allowed_actions=["remove"], **mine), gateway.member("BAO")]
    gateway.members += [gateway.member(state=state, reason="As the record says.") for state in ("SUSPENDED", "LOCKED")]
    gateway.role_requests = [gateway.role_request(), gateway.role_request("BAO")]
    states = ("ACTIVE", "PENDING", "REJECTED", "EXPIRED", "REVOKED")
    gateway.my_requests = [gateway.role_request(state=state) for state in states]
    gateway.locations = [gateway.location(), richmond(gateway)]
    gateway.notices = [gateway.notice(id=NOTICE), gateway.notice(id=UNOPENED, state="ISSUED", viewed_at=None)]
    gateway.responses = [gateway.response()]
    entry = {"text": "It was valid.", "files": [], "submitted_by": "Dana Whitlock"}
    entry["submitted_at"] = gateway.opens_at.isoformat()
    gateway.inquiries = [
        gateway.inquiry(id=INQUIRY, entries=[entry], state="SUBMITTED", submitted_at=entry["submitted_at"])
    ]


def newcomer(gateway: FakeGateway) -> None:
    """Somebody who has no role, and asked for two."""
    gateway.user_id, gateway.name = "casey.lin", "Casey Lin"
    gateway.become("person", "")
    unregistered = gateway.role_request("AO", organization=None, organization_id=None)
    gateway.my_requests = [gateway.role_request(state="ACTIVE"), unregistered]


def analyst(gateway: FakeGateway) -> None:
    """Somebody of the staff whose pages come later."""
    gateway.become("staff", "EVALUATION_ANALYST", ("staff.document.view",))


def reviewer(gateway: FakeGateway) -> None:
    """An analyst with cases to review, one of which everything can be done with."""
    gateway.user_id, gateway.name = "theo.hartley", "Theo Hartley"
    gateway.become("staff", "EVALUATION_ANALYST", REVIEW_PERMISSIONS)
    every = ["claim", "release", "override", "recommend", "approve", "return", "assign"]
    about = {"note": "See the bond.", "returned_because": "Look again.", "recommended_by": "theo.hartley"}
    when = {"recommended_at": gateway.opens_at.isoformat()}
    gateway.cases = [gateway.case(id=CASE, allowed_actions=every, **about, **when)]
    gateway.cases += [gateway.case(kind="pbe", state="RECOMMENDED")]
    gateway.case_files = [
        gateway.case_file(),
        gateway.case_file(label="Bid surety bond", cba_code="16740", counts=False),
    ]
    undecided = gateway.finding(outcome=None, proposed=None, reasons=[], overridden_by=None)
    gateway.findings = [gateway.finding(overridden_by="theo.hartley", overridden_because="No bond."), undecided]


def released(gateway: FakeGateway) -> None:
    """An official whose financial scoring summary was released, of two members of a network."""
    gateway.become("person", "AO", (*SUPPLIER_PERMISSIONS, "financial_summary.view"))
    gateway.summaries = [gateway.summary(), gateway.summary() | {"member": "9000000001"}]


def scores(gateway: FakeGateway) -> None:
    """A financial analyst: somebody without a sheet, one that is keyed, one that was released and corrected."""
    gateway.become("staff", "FINANCIAL_ANALYST", (*KEYER_PERMISSIONS, "staff.financial_score.approve"))
    gateway.round_phase = "EVALUATION"
    gateway.unscored = [{"bidder_id": BID, "bidder_number": "2840072", "member": "9000000001"}]
    gateway.scorings = [gateway.scoring()]
    gateway.scores = [gateway.score(id=KEYED), gateway.scored(id=SCORED)]


def pricing(gateway: FakeGateway) -> None:
    """A pricing analyst with an evaluation that is complete."""
    gateway.become("staff", "PRICING_ANALYST", (*PRICER_PERMISSIONS, "staff.reference.manage"))
    gateway.round_phase = "EVALUATION"
    gateway.runs = [gateway.run(), gateway.run(id=KEYED, state="STALE", stale_at=gateway.opens_at.isoformat())]


def bonds(gateway: FakeGateway) -> None:
    """A contracting officer with bonds in every state, one of which everything can be done with."""
    gateway.become("staff", "CONTRACTING_OFFICER", BOND_PERMISSIONS)
    due = {"return_due_at": gateway.due_in(90), "warned_at": gateway.due_in(75), "decided_by": "rita.reviewer"}
    due |= {"late_offers_until": gateway.due_in(90), "decided_at": gateway.due_in(20)}
    report = {"reported_at": gateway.due_in(1), "reported_because": "The surety knows of no such bond."}
    every = ["return", "notify surety", "forfeit", "dismiss report", "declare falsified", "report falsification"]
    elements = [
        gateway.element("BND-1", proposed=None, overridden_by="theo.hartley", overridden_because="Its former name."),
        *(gateway.element(code) for code in ("BND-4", "BND-6", "BND-7")),
        gateway.element("BND-8", proposed="fail", outcome="fail"),
    ]
    gateway.bonds = [
        gateway.bond(
            id=BOND, state="VERIFIED", allowed_actions=every, may_key_in=True, checklist=elements, **due, **report
        ),
        gateway.bond(state="VERIFIED", is_late=True, area="Baltimore-Columbia-Towson, MD", **due),
        gateway.bond(state="FORFEITURE_PENDING"),
        gateway.bond(),
    ]


def bond_holder(gateway: FakeGateway) -> None:
    """An official whose bonds stand in every state a bidder is told of."""
    given_up = ["OTS knee braces, Baltimore-Columbia-Towson, MD"]
    states = ("unacceptable", "forfeiture-pending", "forfeited", "returned")
    gateway.own_bonds = [gateway.own_bond(return_due_at=gateway.due_in(90)), gateway.own_bond(area="Dallas, TX")]
    gateway.own_bonds += [gateway.own_bond(state=state, since=gateway.due_in(20)) for state in states]
    gateway.own_bonds[3]["given_up"] = given_up


def notice_desk(gateway: FakeGateway) -> None:
    """A quality reviewer with notices to release and a batch to let go."""
    gateway.become("staff", "QUALITY_REVIEWER", DESK_PERMISSIONS)
    every = ["approve", "return", "submit", "rescind"]
    gateway.batches = [gateway.batch(id=BATCH, problems=["Larkspur: rows"])]
    gateway.drafts = [gateway.draft(id=DRAFT, allowed_actions=every, batch_id=BATCH)]
    gateway.drafts.append(gateway.draft(state="DRAFT", missing=["rows"], html=None, type="cdrd"))


def contractor(gateway: FakeGateway) -> None:
    """An official with a contract, a location request about which CMS asks for more, and a drafted move."""
    gateway.permissions = (*gateway.permissions, *contract_parts.SUPPLIER)
    extension = gateway.contract_line(label="Knee braces, Dallas, TX", signed=False, locations=[])
    gateway.contracts = [gateway.contract(id=CONTRACT, lines=[gateway.contract_line(), extension])]
    entry = {"kind": "location-change-submitted", "label": "Asked to add a location"}
    entry["details"] = {"ptan": "9000000103", "competition": "Back braces, Dallas, TX"}
    entry |= {"id": CHANGE, "occurred_at": gateway.opens_at.isoformat()}
    gateway.contract_entries = [entry]
    gateway.location_changes = [
        gateway.location_change(id=CHANGE, state="INFO_REQUESTED", contract_id=CONTRACT, more=_asked(gateway))
    ]
    for action, ptan in (("remove", "9000000101"), ("add", "9000000103")):
        about = {"contract_id": CONTRACT, "pair_id": REQUEST, "request_id": REQUEST, "requested_on": None}
        gateway.location_changes.append(
            gateway.location_change(action=action, ptan=ptan, state="DRAFT", received_at=None, **about)
        )
    gateway.location_changes.append(gateway.location_change(state="APPROVED", effective_on="2026-10-01"))


def _asked(gateway: FakeGateway) -> dict[str, object]:
    asked = {"kind": "question", "text": "Which landlord?", "at": gateway.opens_at.isoformat()}
    more: dict[str, object] = {"exchange": [asked], "answer_due_at": gateway.closes_at.isoformat()}
    return more | {"allowed_actions": ["answer", "withdraw"], "explanation": "See above.", "remark": "Soon."}


def offered(gateway: FakeGateway) -> None:
    """An authorized official with offers to decide, one of them decided, and some that are submitted."""
    gateway.become("person", "AO", (*SUPPLIER_PERMISSIONS, *OFFER_PERMISSIONS))
    decided = {"state": "DECLINED", "decided_at": gateway.opens_at.isoformat(), "decided_by": "dana.whitlock"}
    lines = [gateway.offer_line(), gateway.offer_line(**decided, bond_at_risk=False, label="Back braces, Houston, TX")]
    when = gateway.opens_at.isoformat()
    final = [{**gateway.offer_line(**decided), "final": True}]
    done = {"submitted_at": when, "settled_at": when, "submitted_by": "dana.whitlock", "offered": final}
    gateway.offers = [gateway.offer(id=OFFER, offered=lines), gateway.offer(id=SUBMITTED_OFFER, **done)]


def reporter(gateway: FakeGateway) -> None:
    """An end user with Form C reports in every state: a long one that was returned, one that was certified."""
    gateway.become("person", "EU", (*SUPPLIER_PERMISSIONS, *FORM_C_PERMISSIONS))
    gateway.organizations = [{"id": ORGANIZATION, "name": "Larkspur Sample Medical, LLC", "role": "EU"}]
    products = [gateway.form_c_product(number) for number in range(1, 31)]
    products[3] |= {"model_name": "Lumbar-sacral orthosis, adjustable, with rigid panels", "source": "added"}
    lacks = "Name a product for L0651, or say “not stocked, will order”."
    items = [gateway.form_c_item("L0650", lead=True, products=products), gateway.form_c_item("L0651", lacks=lacks)]
    wrong = {"hcpcs": "L0650", "state": "WRONG", "remark": "This is coded L0637."}
    wrong |= {name: products[3][name] for name in ("manufacturer", "model_name", "model_number")}
    returned = {"state": "RETURNED", "returned_because": "Correct the coding of the fourth product."}
    gateway.form_c_reports = [gateway.form_c_report(id=FORM_C, items=items, screening=[wrong], **returned)]
    certified = {"state": "SUBMITTED", "submitted_at": gateway.opens_at.isoformat(), "allowed_actions": ["re-open"]}
    gateway.form_c_reports.append(gateway.form_c_report(id=SUBMITTED_FORM_C, **certified))
    states = ("OPEN", "IN_PROGRESS", "OVERDUE", "SUBMITTED_LATE", "ACCEPTED", "ESCALATED", "CLOSED")
    gateway.form_c_reports += [gateway.form_c_report(state=state) for state in states]


def report_desk(gateway: FakeGateway) -> None:
    """A contract administrator with reports in every state, one of them to decide, and products to screen."""
    reporter(gateway)
    gateway.user_id, gateway.name = "carla.admin", "Carla Admin"
    gateway.become("staff", "CONTRACT_ADMINISTRATOR", FORM_C_DESK)
    gateway.form_c_reports[0]["allowed_actions"] = []
    gateway.form_c_reports[1]["allowed_actions"] = ["accept", "return"]
    gateway.form_c_added = [gateway.form_c_added_product(id=FORM_C), gateway.form_c_added_product(hcpcs="L0651")]
    wrong = {"state": "WRONG", "remark": "This is coded L0637.", "allowed_actions": [], "screened_by": "carla.admin"}
    gateway.form_c_added.append(gateway.form_c_added_product(screened_at=gateway.opens_at.isoformat(), **wrong))


def discloser(gateway: FakeGateway) -> None:
    """An official with subcontracting disclosures in every state, one that can be changed, one to be answered."""
    contractor(gateway)
    gateway.permissions = (*gateway.permissions, *SUBCONTRACT_PERMISSIONS)
    lines = [line["line_id"] for line in gateway.contracts[0]["lines"]]
    held = {"terms": gateway.subcontract_terms(lines=lines), "allowed_actions": ["change", "end"], "late": True}
    at = gateway.opens_at.isoformat()
    question = {"kind": "question", "text": "Who delivers on weekends?", "at": at}
    change = {"kind": "change", "before": gateway.subcontract_terms(), "at": at}
    asked = {"state": "INFO_REQUESTED", "allowed_actions": ["answer"], "exchange": [change, question]}
    about = {"contract_id": CONTRACT}
    gateway.subcontracts = [
        gateway.subcontract(id=SUBCONTRACT, state="ACKNOWLEDGED", **held, **about),
        gateway.subcontract(id=ASKED_SUBCONTRACT, **asked, **about),
        gateway.subcontract(terms=None, **about),
        *(gateway.subcontract(state=state, **about) for state in ("UNDER_REVIEW", "NOT_PERMITTED", "ENDED", "LAPSED")),
    ]


def disclosure_desk(gateway: FakeGateway) -> None:
    """A contract administrator with disclosures in every state: one new, one that was answered and is to be decided."""
    discloser(gateway)
    gateway.user_id, gateway.name = "carla.admin", "Carla Admin"
    gateway.become("staff", "CONTRACT_ADMINISTRATOR", SUBCONTRACT_DESK)
    gateway.subcontracts[0] |= {"state": "SUBMITTED", "allowed_actions": ["take"]}
    decided = {"allowed_actions": ["ask", "acknowledge", "refuse"], "checks": CHECKS, "state": "UNDER_REVIEW"}
    gateway.subcontracts[1] |= decided


def results(gateway: FakeGateway) -> None:
    """An official whose bids came to everything they may come to, in a round whose amounts are public."""
    offered(gateway)
    reason = {
        "code": "NOT_LICENSED",
        "label": "A required license was not held",
        "explanation": "A state license needed for this bid was not held when the bid window closed.",
    }
    others = ("NOT_TOLD", "NEVER_RECEIVED", "REMOVED", "NOT_SELECTED")
    gateway.results = [
        gateway.result(offer_id=OFFER, line="ACCEPTED"),
        gateway.result(result="DISQUALIFIED", reasons=[reason], told_at=gateway.opens_at.isoformat()),
        *(gateway.result(result=each) for each in others),
    ]
    gateway.amounts = [gateway.amount(item=f"L18{number:02}") for number in range(30)]
    gateway.suppliers = [gateway.supplier() for _ in range(30)]


def seller(gateway: FakeGateway) -> None:
    """An official of a contract supplier with transfers: one with documents to send, one to answer, a draft."""
    contractor(gateway)
    gateway.permissions = (*gateway.permissions, *TRANSFER_PERMISSIONS, "document.upload", "document.view")
    at = gateway.opens_at.isoformat()
    file = {"file_id": FILES[0], "sha256": "0" * 64, "received_at": at}
    documents = [
        gateway.transfer_document("chow-notice", "Cover letter or draft sale instrument", files=[file], received_at=at),
        gateway.transfer_document("assets-sold", "Statement of the assets that are sold", waived="Sent with the bid."),
        gateway.transfer_document("novation", "Signed novation agreement", phase="novation", slot_id=SLOT),
    ]
    question = {"kind": "question", "text": "Which assets?", "at": at}
    acts = {"documents": documents, "allowed_actions": ["re-date", "withdraw"], "contract_id": CONTRACT}
    asked = {"state": "INFO_REQUESTED", "exchange": [question], "allowed_actions": ["answer", "withdraw"]}
    draft = {"state": "DRAFT", "received_at": None, "allowed_actions": ["submit", "withdraw"], "contract_id": CONTRACT}
    ended = ("COMPLETED", "NOT_REQUIRED", "DENIED", "LAPSED", "WITHDRAWN", "AWAITING_NOVATION", "NOVATION_RECEIVED")
    gateway.transfers = [
        gateway.transfer(id=TRANSFER, **acts),
        gateway.transfer(id=ASKED_TRANSFER, other_side_known=False, explanation="Look again.", **asked),
        gateway.transfer(id=DRAFTED_TRANSFER, **draft),
        *(gateway.transfer(state=state, side="successor") for state in ended),
    ]


def transfer_desk(gateway: FakeGateway) -> None:
    """Somebody who may do everything about transfers, with one in review."""
    seller(gateway)
    gateway.user_id, gateway.name = "olive.officer", "Olive Officer"
    gateway.become("staff", "CONTRACTING_OFFICER", TRANSFER_DESK)
    checks = [
        {"code": "TR-1", "words": "The successor meets every requirement", "answer": "yes", "confirmed": None},
        {"code": "TR-5", "words": "A distinct company is sold", "answer": "could-not-check", "confirmed": None},
        {"code": "TR-6", "words": "Every location goes", "answer": "no", "confirmed": None},
        {"code": "TR-8", "words": "All assets are sold", "answer": "could-not-check", "confirmed": "Seen."},
    ]
    every = ["take", "ask", "review finances", "recommend", "not required", "approve", "complete", "deny"]
    successors = gateway.transfer_document("financials", "Financial documents, as for a bid", side="successor")
    gateway.transfers[0] |= {"state": "UNDER_REVIEW", "checks": checks, "allowed_actions": every}
    gateway.transfers[0] |= {"finance": "acceptable", "finance_note": "Sound.", "recommendation": "not-required"}
    gateway.transfers[0]["documents"].append(successors)
    gateway.transfers = [each for each in gateway.transfers if each["state"] != "DRAFT"]


def award_desk(gateway: FakeGateway) -> None:
    """Somebody who may prepare and release awards, with one that can be released and one that something is against."""
    offered(gateway)
    gateway.user_id, gateway.name = "olive.officer", "Olive Officer"
    gateway.become("staff", "CONTRACTING_OFFICER", AWARD_PERMISSIONS)
    missing = {"code": "not-judged", "words": "Bids are not judged yet.", "count": 3}
    gateway.awards = [gateway.award(id=AWARD), gateway.award(id=HELD_AWARD, obstacles=[missing], allowed_actions=[])]
    gateway.set_ups = [gateway.set_up(phase="AWARDING")]


def contract_desk(gateway: FakeGateway) -> None:
    """Somebody who may do everything about contracts, with one to sign, one to seal and a request to decide."""
    contractor(gateway)
    gateway.user_id, gateway.name = "olive.officer", "Olive Officer"
    gateway.become("staff", "CONTRACTING_OFFICER", contract_parts.STAFF)
    sealing = {"awaiting_signature": False, "being_sealed": True, "signed_by": "olive.officer", "cause": "EMERGENCY"}
    gateway.contracts[0]["allowed"] = ["send for signature", "sign", "terminate in an emergency"]
    gateway.contracts += [gateway.contract(staff=sealing), gateway.contract(staff={"sent_by": "olive.officer"})]
    about = {"contract_number": "R2028-000002", "legal_business_name": "Tallgrass Sample Bracing, Inc."}
    gateway.unsealed = [{"contract_id": CONTRACT, "version": 1, "asked_at": gateway.opens_at.isoformat(), **about}]
    checks = [
        {"check": "ptan-active", "words": "The PTAN is active", "answer": "yes", "confirmed": None},
        {"check": "same-owner", "words": "It is the holder’s", "answer": "could-not-check", "confirmed": None},
        {"check": "licensed", "words": "It is licensed", "answer": "no", "confirmed": None},
    ]
    every = ["take", "ask", "recommend", "approve", "deny"]
    gateway.location_changes[0]["staff"] = {"checks": checks, "allowed_actions": every, "recommendation": "approve"}


def help_desk(gateway: FakeGateway) -> None:
    """Customer service with a ticket in hand, about somebody with every kind of role."""
    gateway.become_help_desk()
    locked = gateway.desk_role(state="LOCKED", reason="Not used for 180 days.", allowed_actions=["unlock", "remove"])
    backup = gateway.desk_role("BAO", allowed_actions=["lock", "change role", "assume AO role", "remove"])
    gateway.people = [
        gateway.person(locked, backup, id=PERSON),
        gateway.person(user_id="priya.nath", name="Priya Nath"),
    ]
    about = {"id": PERSON, "name": "Priya Natarajan"}
    note = {"at": gateway.opens_at.isoformat(), "by": "Robin Adler", "text": "Asked for the user ID.\nAnd the PTAN."}
    gateway.tickets = [gateway.ticket(id=TICKET, person=about, notes=[note])]
    gateway.tickets.append(gateway.ticket(topic="official-not-listed", opened_by="Connexion"))
    gateway.tickets.append(gateway.ticket(id=CLOSED_TICKET, state="CLOSED", outcome="done", allowed_actions=[]))
    gateway.take(gateway.tickets[0])
    gateway.mail_troubles = [gateway.mail_trouble(), gateway.mail_trouble(state="GIVEN_UP", organization=None)]


def records(gateway: FakeGateway) -> None:
    """An officer with records that are due, holds in every state, and disposals to decide."""
    gateway.become("staff", "CONTRACTING_OFFICER", RECORD_PERMISSIONS)
    at = gateway.closes_at.isoformat()
    lifted = {"lifted_at": at, "lifted_by": "olive.officer", "lifted_because": "It is over."}
    gateway.due_types = [gateway.due_type(), gateway.due_type(document="", years=12)]
    gateway.due_records = [gateway.due_record(), gateway.due_record(goes=False, received_at=None, why="Held: Case 1")]
    gateway.holds = [
        gateway.hold(allowed_actions=["lift"]),
        gateway.hold(records=None),
        gateway.hold(organization_id=None, state="LIFTED", **lifted),
    ]
    done = {"approved_by": "olive.officer", "approved_at": at, "ended_at": at, "records": 1200, "bytes": 9_000_000}
    gateway.disposals = [
        gateway.disposal(allowed_actions=["approve", "withdraw"]),
        gateway.disposal(state="DONE", held=3, **done),
    ]


def rounds(gateway: FakeGateway) -> None:
    """An administrator of rounds: a running round with everything to see, and a draft that lacks a lot."""
    gateway.become_administrator()
    warned = gateway.watch(alert_on=gateway.watch()["alerts_on"][0])
    extensions = [gateway.extension(in_force_at=gateway.opens_at.isoformat()), gateway.extension()]
    slots = {"confirmed": 4, "slots": 10}
    running = gateway.set_up(extensions=extensions, deadlines=[warned], upload_slots=slots)
    gateway.set_ups = [gateway.round_draft(), running]
    gateway.date_changes = [
        {
            "date_code": "window-closes",
            "old_on": "2026-12-01",
            "old_certainty": "target",
            "on": "2026-12-08",
            "certainty": "actual",
            "changed_at": gateway.opens_at.isoformat(),
            "changed_by": "rowan.hollis",
            "reason": "The calendar of the Request for Bids.",
        }
    ]
    states = ("OPEN", "CLOSED", "AWARDED", "REMOVED")
    gateway.contests = [gateway.competition(state=state) for state in states]
    closed = {"form_a_approved": True, "bids_received": 3}
    gateway.registrations = [gateway.registration(), gateway.registration("2840072", **closed)]
    gateway.numbers = {
        "counted_at": gateway.opens_at.isoformat(),
        "bidders": 212,
        "forms_a": {"EMPTY": 12, "IN_PROGRESS": 60, "APPROVED": 140},
        "bids": {"DRAFT": 300, "SUBMITTED": 1200, "WITHDRAWN": 4},
        "documents_needed": 1272,
        "documents_received": 804,
    }


def dbids(gateway: FakeGateway) -> None:
    """A contracting officer, in a round whose bids are entered in DBidS."""
    rounds(gateway)
    gateway.set_ups[1]["entered_in"] = "dbids"
    gateway.user_id, gateway.name = "mei.tanaka", "Mei Tanaka"
    gateway.become(
        "staff",
        "CONTRACTING_OFFICER",
        ("staff.round.watch", "staff.dbids.import", "staff.bid_price.view", "round.view"),
    )


def richmond(gateway: FakeGateway) -> dict[str, object]:
    """A location of which little is known."""
    told: dict[str, object] = {"status": "unknown", "status_periods": [], "licences": [], "accreditations": []}
    excluded = [{"valid_from": "2020-01-01", "valid_to": "2020-12-31"}]
    return gateway.location(
        "9000000203", location=RICHMOND, ownership_group="Sample Group", exclusions=excluded, **told
    )


def filled(gateway: FakeGateway) -> None:
    """An organization in the middle of its bid forms: answers, an error, a warning, entries of every kind."""
    full(gateway)
    form = gateway.form_a
    form |= {"state": "IN_PROGRESS", "version": 9}
    answers = {"business_type": "c-corporation", "bidding_as": "multiple-locations", "relation": "none"}
    answers |= {"relation_explanation": "Two sisters own them.\nEach runs one.", "small_supplier": "yes"}
    form["business"] = {"answers": answers | {"gross_receipts": "many"}, "version": 7}
    place = {"products": ["OTSK", "OTSB"], "states": ["MD", "VA", "DC"], "note": ""}
    form["locations"] = [
        {"key": "9000000001", "answers": place, "version": 8},
        {"key": "9000000203", "answers": {"products": ["OTSK"], "states": []}, "version": 9},
    ]
    link = {"name": "Kestrel Sample Orthopedics", "kind": "owns", "share": "3"}
    form["links"] = [{"key": LINK, "answers": link, "version": 5}]
    told = [
        ("business.gross_receipts", "UNREADABLE", "Write an amount in dollars and cents, like 348.00.", "error"),
        ("business.specialty_supplier", "REQUIRED", "Choose an answer for “Specialty supplier”.", "error"),
        ("locations.9000000203.states", "REQUIRED", "Choose an answer for “States”.", "error"),
        (f"links.{LINK}.share", "BID-05", "Below 5 percent this link makes no common ownership.", "warning"),
        ("disclosures.sanctions", "REQUIRED", "Choose an answer for “Sanctions”.", "error"),
    ]
    gateway.bids = [
        gateway.bid(
            id=BID,
            answers={"amount": "348.00", "capacity": "2000"},
            amount_cents=34_800,
            capacity=2_000,
            problems=[
                problem("bid.capacity", "BID-03", "This is more than the projected demand of 1,200 units.", "warning"),
                problem("bid.covers_all_items", "REQUIRED", "Choose an answer for “The amount accounts”.", "error"),
                problem("bid", "BID-06", "No location of Form A offers this category here. Add it there.", "error"),
            ],
        )
    ]
    certified = {"state": "SUBMITTED", "form": "CERTIFIED", "submitted_at": gateway.opens_at.isoformat()}
    back = {"category_code": "OTSB", "label": "OTS back braces, Nationwide", "certified_by": "dana.whitlock"}
    answers = {"amount": "575.40", "new_item_on_basis": "yes", "capacity": "900", "covers_all_items": "yes"}
    gateway.bids.append(
        gateway.bid(id=CERTIFIED, answers=answers, amount_cents=57_540, capacity=900, **back, **certified)
    )
    gateway.bids += [gateway.bid(state=state, form="LOCKED") for state in ("WITHDRAWN", "RECEIVED", "INCOMPLETE")]
    gateway.form_a_problems = [problem(*each) for each in told]


def ready(gateway: FakeGateway) -> None:
    """The same, with nothing wrong: the statements can be signed."""
    filled(gateway)
    gateway.form_a_problems = gateway.form_a_problems[3:4]
    gateway.bids[0]["problems"] = gateway.bids[0]["problems"][:1]


def approved(gateway: FakeGateway) -> None:
    """The same, with Form A approved."""
    ready(gateway)
    gateway.approve_form_a()


def closed(gateway: FakeGateway) -> None:
    """The same after the close: everything is locked as it stood."""
    approved(gateway)
    gateway.close_form_a()
    for bid in gateway.bids[:2]:
        bid |= {"form": "LOCKED", "window_open": False, "state": "RECEIVED" if bid["id"] == CERTIFIED else "INCOMPLETE"}


def problem(path: str, code: str, message: str, weight: str) -> dict[str, str]:
    """Something wrong with a form, as bidding-svc tells it."""
    return {"path": path, "code": code, "message": message, "weight": weight}


def agent(gateway: FakeGateway) -> None:
    """An agent with a chat in which everything can be done, one that has ended, and one that waits."""
    gateway.become_agent()
    gateway.colleagues = [{"person_id": PERSON, "name": "Ben Ito"}]
    every = ["verify", "hand over", "end"]
    gateway.chats = [gateway.chat(id=CHAT, signed_in=True, can_be_verified=True, allowed_actions=every)]
    gateway.chats += [gateway.chat("WRAP_UP", id=ENDED_CHAT, allowed_actions=["close"], case=gateway.account())]
    gateway.chats += [gateway.chat("QUEUED")]
    for chat in gateway.chats:
        gateway.say_in(chat, "joined", name="Alma")
        gateway.say_in(chat, "agent", "No, you can go on from 41 percent.", name="Alma")
        gateway.say_in(chat, "visitor", "My number is ⟦ssn⟧", hidden=["ssn"])
        chat["notes"] = [{"name": "Alma Reyes", "text": "Asks about a bond.", "at": gateway.opens_at.isoformat()}]


def chat_supervisor(gateway: FakeGateway) -> None:
    """The chat supervisor, with chats that were closed and a day with other hours."""
    agent(gateway)
    gateway.become("staff", "CHAT_SUPERVISOR", SUPERVISOR_PERMISSIONS)
    gateway.chat_days = [{"day": "2026-12-01", "opens": "09:00:00", "closes": "21:00:00"}]
