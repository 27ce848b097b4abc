"""What would keep the bids of an organization from counting if the window closed now: check by check."""

from typing import NamedTuple

from portal.gateway import Json
from portal.meanings import MET, NOT_MET, Status


class Check(NamedTuple):
    """One check: how it stands, a sentence, and where it is mended."""

    status: Status
    sentence: str
    link: str | None = None
    act: str | None = None
    detail: str = ""

    @property
    def is_met(self) -> bool:
        """Whether nothing is left to do for it."""
        return self.status is MET


def checks_of(status: Json) -> list[Check]:
    """Return the checks of a bidder's status (`/api/bidding/bids/status`), what is not met first."""
    found = [_form_a(status), *map(_document, _needed(status)), *_bids(status)]
    return sorted(found, key=lambda check: check.is_met)


def _needed(status: Json) -> list[Json]:
    return [document for document in status["documents"] if document["needed"]]


def _form_a(status: Json) -> Check:
    form = status["form_a"]
    if form["approved"]:
        return Check(MET, "Form A is approved.")
    errors = sum(problem["weight"] == "error" for problem in form["problems"])
    to_complete = f"{errors} answer{'' if errors == 1 else 's'} to complete"
    detail = to_complete if errors else "Nothing is missing: it can be signed"
    return Check(NOT_MET, "Form A is not approved.", "/form-a", "Go to Form A", f"{detail}. Affects all your bids.")


def _document(document: Json) -> Check:
    if document["state"] == "RECEIVED":
        return Check(MET, f"{document['label']} is received.")
    return Check(
        NOT_MET,
        f"{document['label']} is not in the portal.",
        "/documents#upload",
        "Upload it",
        "Affects all your bids.",
    )


def _bids(status: Json) -> list[Check]:
    count = status["bids"]
    drafts = count.get("DRAFT", 0) + count.get("INCOMPLETE", 0)
    certified = count.get("SUBMITTED", 0) + count.get("RECEIVED", 0)
    checks = []
    if drafts:
        words = "One bid is not certified." if drafts == 1 else f"{drafts} bids are not certified."
        detail = "Only a certified bid counts. Withdraw what you do not mean to submit."
        checks.append(Check(NOT_MET, words, "/bids?state=DRAFT", "See which", detail))
    if certified:
        checks.append(Check(MET, "One bid is certified." if certified == 1 else f"{certified} bids are certified."))
    if not drafts and not certified:
        checks.append(Check(NOT_MET, "No bid is begun.", "/bids/new", "Choose a competition"))
    return checks
