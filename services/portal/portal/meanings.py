"""Which of the six meanings, which word and which icon every state is shown with.

The design's table of meanings (good, todo, bad, busy, unknown, quiet) is the vocabulary. A template
never picks a colour or a word for a state; a state that is not listed here is shown as unknown.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from portal.language import mark

Json = Mapping[str, Any]


class Status(NamedTuple):
    """How one state looks: its meaning, its icon in the sprite, its word and one line of cause."""

    meaning: Literal["good", "todo", "bad", "busy", "unknown", "quiet"]
    icon: str
    word: str
    cause: str = ""

    @property
    def settled(self) -> bool:
        """Whether there is nothing to wait for."""
        return self.meaning != "busy"


RECEIVED = Status("good", "check_circle", "Received")
NOT_ACCEPTED = Status("bad", "cancel", "Not accepted")
UNKNOWN = Status("unknown", "help", "Could not check", "The state is not known here. Ask the help desk.")
REFUSED_AS_LATE = Status("bad", "cancel", "Refused as late", "Kept as evidence; it does not count.")
RESPONSE_NEEDED = Status("todo", "flag", "Response needed")

FILE: dict[str, Status] = {
    "UPLOADING": Status("busy", "file_upload", "Uploading"),
    "SCANNING": Status("busy", "schedule", "Checking", "Malware check under way"),
    "NOT_SCANNED": Status("unknown", "help", "Could not scan", "Received. No malware check has been made yet."),
    "ACCEPTED": RECEIVED._replace(cause="Checked: no malware found, and it opens"),
    "REJECTED": NOT_ACCEPTED,
    "REFUSED": REFUSED_AS_LATE,
    "SUPERSEDED": Status("quiet", "remove", "Replaced", "A later file counts. This one stays on record."),
}
REQUIREMENT: dict[str, Status] = {
    "REQUIRED": RESPONSE_NEEDED,
    "RECEIVED": RECEIVED,
    "NOT_ASKED": Status("quiet", "remove", "Not needed", "Your forms do not call for it."),
    "NOT_APPLICABLE": Status("quiet", "remove", "Not needed", "It was waived for you."),
    "MISSING": Status("bad", "cancel", "Not met", "It had not arrived when the window closed."),
    "MISSING_NOTIFIABLE": Status("bad", "cancel", "Not met", "Not here at the close. A notice will ask for it."),
    "CANCELLED": Status("quiet", "remove", "Not needed any more", "The round was cancelled."),
}
MEMBERSHIP: dict[str, Status] = {
    "PENDING": Status("busy", "schedule", "In review"),
    "ACTIVE": Status("good", "check_circle", "Active"),
    "SUSPENDED": Status("todo", "warning", "Suspended", "Not an official of the enrollment record any more."),
    "LOCKED": Status("todo", "lock", "Locked", "The help desk can unlock it."),
    "REJECTED": Status("bad", "cancel", "Declined"),
    "EXPIRED": Status("quiet", "history", "Expired", "Nobody decided it in time."),
    "REVOKED": Status("quiet", "remove", "Removed"),
}
LOCATION: dict[str, Status] = {
    "active": Status("good", "check_circle", "Active"),
    "inactive": Status("bad", "cancel", "Not active"),
    "revoked": Status("bad", "cancel", "Not active", "The enrollment was revoked."),
    "unknown": Status("unknown", "help", "Could not check", "Unknown never counts as active."),
}
TICKET: dict[str, Status] = {
    "OPEN": Status("todo", "flag", "Open"),
    "IN_HAND": Status("busy", "support_agent", "In hand"),
    "CLOSED": Status("quiet", "check", "Done"),
}
FORM: dict[str, Status] = {
    "EMPTY": Status("todo", "flag", "Not started"),
    "IN_PROGRESS": Status("todo", "edit", "In progress"),
    "APPROVED": Status("good", "check_circle", "Approved"),
    "CERTIFIED": Status("good", "check_circle", "Certified"),
    "LOCKED": Status("quiet", "lock_outline", "Locked"),
}
BID: dict[str, Status] = {
    "DRAFT": Status("todo", "edit", "Draft", "A draft is no bid. It counts once it is certified."),
    "SUBMITTED": Status("good", "check_circle", "Certified"),
    "WITHDRAWN": Status("quiet", "remove", "Withdrawn"),
    "INCOMPLETE": Status("bad", "cancel", "Not certified", "It was not certified when the window closed."),
    "RECEIVED": RECEIVED,
    "REMOVED": Status("bad", "cancel", "Removed", "Its competition was taken out of the round."),
}
NOT_STARTED = FORM["EMPTY"]
NOTHING_NAMED = Status("quiet", "remove", "None named")
COMPLETE = Status("good", "check_circle", "Complete")
NEEDS_A_LOOK = Status("todo", "flag", "Needs a look")
MET = Status("good", "check_circle", "Met")
NOT_MET = Status("bad", "cancel", "Not met")
NOTICE: dict[str, Status] = {
    "ISSUED": Status("todo", "flag", "Not opened yet"),
    "VIEWED": Status("quiet", "check", "Opened"),
    "RESPONDED": Status("good", "check_circle", "Response received"),
    "OVERDUE": Status("bad", "cancel", "Not answered in time"),
    "SATISFIED": Status("good", "check_circle", "Closed", "Your response was accepted."),
    "UNSATISFIED": Status("bad", "cancel", "Closed", "The response was not enough, or there was none."),
    "RESCINDED": Status("quiet", "remove", "Taken back"),
}
PHASE: dict[str, Status] = {
    "DRAFT": Status("todo", "edit", "Draft"),
    "ANNOUNCED": Status("busy", "campaign", "Announced"),
    "REGISTRATION": Status("busy", "people", "Registration open"),
    "BIDDING": Status("good", "lock_open", mark("Bid window open")),
    "EVALUATION": Status("busy", "search", "In evaluation"),
    "AWARDING": Status("busy", "schedule", "Awarding"),
    "ANNOUNCED_SUPPLIERS": Status("busy", "campaign", "Suppliers announced"),
    "PERFORMANCE": Status("good", "check_circle", "Contract period"),
    "EXPIRED": Status("quiet", "history", "Ended"),
    "CANCELLED": Status("bad", "cancel", "Cancelled"),
}
CONTEST: dict[str, Status] = {
    "OPEN": Status("good", "lock_open", "Open"),
    "CLOSED": Status("quiet", "lock_outline", "Closed"),
    "EVALUATED": Status("busy", "search", "Evaluated"),
    "AWARDABLE": Status("busy", "schedule", "Awardable"),
    "AWARDED": Status("good", "check_circle", "Awarded"),
    "NOT_AWARDED": Status("quiet", "remove", "Not awarded"),
    "REMOVED": Status("bad", "cancel", "Removed"),
}
IN_FORCE = Status("good", "check_circle", "In force")
ASKED = Status("busy", "schedule", "Asked")
INQUIRY: dict[str, Status] = {
    "NONE": Status("quiet", "remove", "Not filed"),
    "DRAFT": Status("todo", "edit", "Draft", "A draft is no inquiry."),
    "SUBMITTED": Status("good", "check_circle", "Submitted"),
    "UNDER_REVIEW": Status("busy", "schedule", "In review", "A notice will tell the result."),
}
STANDS_IN = Status("quiet", "remove", "Not needed", "Only in place of another document")
EVENT_DONE = Status("quiet", "check", mark("Done"))
OPEN_WINDOW = Status("good", "lock_open", mark("Bid window open"))
CLOSED_WINDOW = Status("quiet", "lock_outline", mark("Bid window closed"))
NOT_YET_OPEN = Status("busy", "schedule", mark("Bid window not open yet"))


def of_file(file: Json) -> Status:
    """Return how a file stands: late beats everything that is not rejected or replaced."""
    state = str(file["state"])
    if file["verdict"] == "late" and state not in {"REJECTED", "SUPERSEDED"}:
        return REFUSED_AS_LATE
    return FILE.get(state, UNKNOWN)


def of_notice(notice: Json) -> Status:
    """Return how a notice stands with the bidder: an answer that is needed comes before whether it was opened."""
    state = str(notice["state"])
    if state in {"ISSUED", "VIEWED", "RESPONSE_DRAFT"} and notice["answer"] == "here" and notice["due_at"]:
        return RESPONSE_NEEDED._replace(cause="A draft is saved. It is not a response." if "DRAFT" in state else "")
    return NOTICE.get(state, UNKNOWN)


def of_inquiry(inquiry: Json) -> Status:
    """Return how an inquiry stands with the bidder; its result is told by a notice alone."""
    return INQUIRY.get(str(inquiry["state"]), UNKNOWN)


def of_membership(state: str) -> Status:
    """Return how somebody's role in an organization stands."""
    return MEMBERSHIP.get(state, UNKNOWN)


def of_location(state: str) -> Status:
    """Return how a location is enrolled."""
    return LOCATION.get(state, UNKNOWN)


def of_ticket(state: str) -> Status:
    """Return how a help desk ticket stands."""
    return TICKET.get(state, UNKNOWN)


def of_form(state: str) -> Status:
    """Return how a Form A or Form B stands."""
    return FORM.get(state, UNKNOWN)


def of_bid(state: str) -> Status:
    """Return how a bid stands."""
    return BID.get(state, UNKNOWN)


def to_mend(count: int) -> Status:
    """Return how something stands of which so many answers are missing or wrong."""
    return Status("todo", "edit", f"{count} to complete")


def of_phase(state: str) -> Status:
    """Return where a round stands, as staff read it."""
    return PHASE.get(state, UNKNOWN)


def of_contest(state: str) -> Status:
    """Return where a competition stands."""
    return CONTEST.get(state, UNKNOWN)


def of_extension(extension: Json, slots: Json) -> Status:
    """Return whether an extension is in force, and otherwise how many upload slots have confirmed it."""
    if extension["in_force_at"]:
        return IN_FORCE
    return ASKED._replace(cause=f"{slots['confirmed']:,} of {slots['slots']:,} upload slots have confirmed it")


def of_requirement(requirement: Json, latest_file: Json | None, upload: Json | None) -> Status:
    """Return how a required document stands, with what is on its way: a running upload, a check, a refusal."""
    if requirement["state"] == "RECEIVED":
        under_way = latest_file is not None and latest_file["state"] in {"SCANNING", "NOT_SCANNED"}
        cause = of_file(latest_file).cause if under_way and latest_file else ""
        return RECEIVED._replace(cause=cause)
    if upload is not None:
        return FILE["UPLOADING"]
    if latest_file is not None and requirement["state"] == "REQUIRED":
        return _on_its_way(latest_file)
    if requirement["stands_in_for"]:
        return STANDS_IN
    return REQUIREMENT.get(str(requirement["state"]), UNKNOWN)


def _on_its_way(file: Json) -> Status:
    """The owner of the requirement has not answered yet: what the file itself says."""
    status = of_file(file)
    if status == NOT_ACCEPTED:
        return NOT_ACCEPTED._replace(cause=str((file.get("rejection") or {}).get("code", "")))
    if file["state"] in {"SCANNING", "ACCEPTED", "NOT_SCANNED"} and status != REFUSED_AS_LATE:
        return RECEIVED._replace(cause=status.cause if file["state"] != "ACCEPTED" else "")
    return RESPONSE_NEEDED if file["state"] == "SUPERSEDED" else status
