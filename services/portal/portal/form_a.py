"""Form A as its pages show it: sections as steps, how far each is, and who may change what."""

import asyncio
from dataclasses import dataclass
from urllib.parse import quote

from portal import bid_forms
from portal.bid_forms import Answers, Question
from portal.caller import Caller
from portal.gateway import Json
from portal.meanings import COMPLETE, NEEDS_A_LOOK, NOT_STARTED, NOTHING_NAMED, Status, to_mend
from portal.times import Deadline
from portal.visitor import Visitor

API = "/api/bidding/form-a"


@dataclass(frozen=True)
class Step:
    """One section, with how far it is."""

    number: int
    section: Json
    status: Status
    may_edit: bool


@dataclass(frozen=True)
class FormA:
    """One bidder's Form A, with what it asks."""

    sections: list[Json]
    view: Json
    visitor: Visitor

    @property
    def code(self) -> str:
        """The round it is for."""
        return str(self.view["round_code"])

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"/form-a/{self.code}"

    @property
    def is_open(self) -> bool:
        """Whether somebody may change it now."""
        return bool(self.view["window_open"]) and self.view["state"] != "LOCKED"

    @property
    def is_entered_in_dbids(self) -> bool:
        """Whether it is filled and approved in DBidS, and only shown here."""
        return bool(self.view["entered_in"] == "dbids")

    @property
    def is_approved(self) -> bool:
        """Whether it stands approved, or did at the close."""
        return "APPROVED" in {self.view["state"], self.view["state_at_close"]}

    @property
    def deadline(self) -> Deadline:
        """Until when it may be changed."""
        hint = "Until then the form may be changed, and is approved."
        return Deadline.of("Bid window closes", self.view["closes_at"], hint=hint, hint_past="The form is locked.")

    @property
    def steps(self) -> list[Step]:
        """Its sections in their order."""
        return [
            Step(number, section, self._status(section), self.may_edit(section))
            for number, section in enumerate(self.sections, 1)
        ]

    def section(self, name: str) -> Json | None:
        """Return a section by its name."""
        return next((section for section in self.sections if section["name"] == name), None)

    def may_edit(self, section: Json) -> bool:
        """Whether this person may change a section now."""
        return self.is_open and self.visitor.may(section["permission"])

    def after(self, section: Json) -> str:
        """Return where one goes on after a section: the next one, or the review."""
        names = [each["name"] for each in self.sections]
        following = names[names.index(section["name"]) + 1 :]
        return f"{self.address}/{following[0] if following else 'review'}"

    def answers(self, section: Json, key: str | None = None) -> Answers | None:
        """Return what stands in a section or in one of its entries; None for an entry that is not there."""
        if key is None:
            return bid_forms.standing(section, self.view[section["name"]]["answers"])
        found = next((entry for entry in self.view[section["name"]] if entry["key"] == key), None)
        return bid_forms.standing(section, found["answers"]) if found else None

    def entries(self, section: Json) -> list[tuple[str, list[Question], Status]]:
        """Return the entries of a section: key, answers in words, how far each is."""
        return [
            (
                entry["key"],
                self.questions(section, entry["key"]),
                self._state_of(f"{section['name']}.{entry['key']}", answered=True),
            )
            for entry in self.view[section["name"]]
        ]

    def questions(self, section: Json, key: str | None = None) -> list[Question]:
        """Return the fields of a section or an entry as they stand, with everything that is wrong beside them."""
        path = f"{section['name']}.{key}" if key else section["name"]
        answers = self.answers(section, key) or {}
        return bid_forms.questions(section, answers, self.view["problems"], path=path, missing_too=True)

    def _status(self, section: Json) -> Status:
        standing = self.view[section["name"]]
        answered = bool(standing if section["many"] else any((self.answers(section) or {}).values()))
        nothing = NOTHING_NAMED if section["many"] else NOT_STARTED
        return self._state_of(section["name"], answered=answered, nothing=nothing)

    def _state_of(self, path: str, *, answered: bool, nothing: Status = NOT_STARTED) -> Status:
        problems = self.view["problems"]
        errors = len(bid_forms.concerning(problems, path))
        if not answered and (nothing is NOT_STARTED or not errors):
            return nothing
        if errors:
            return to_mend(errors)
        return NEEDS_A_LOOK if bid_forms.concerning(problems, path, "warning") else COMPLETE


async def read_form_a(caller: Caller, code: str) -> FormA:
    """Ask for a Form A and for what it asks. Raises `Problem`."""
    fields, view = await asyncio.gather(
        caller.gateway.get(f"{API}/fields", round=code), caller.gateway.get(f"{API}/{code}")
    )
    return FormA(fields["sections"], view, caller.visitor)


def api_address(form: FormA, section: Json, key: str | None = None) -> str:
    """Return where a section or an entry is saved."""
    return f"{API}/{form.code}/{section['name']}" + (f"/{quote(key, safe='')}" if key else "")
