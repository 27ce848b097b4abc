"""A bid as its pages show it: what Form B asks in its competition, how it stands, and who may do what."""

from dataclasses import dataclass

from portal import bid_forms
from portal.bid_forms import Answers, Question
from portal.caller import Caller
from portal.gateway import Json
from portal.times import Deadline
from portal.visitor import Visitor

API = "/api/bidding/bids"
PATH = "bid"
"""Where the problems of a bid say that they are."""


@dataclass(frozen=True)
class FormB:
    """One bid with what its Form B asks."""

    section: Json
    view: Json
    visitor: Visitor

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"/bids/{self.view['id']}"

    @property
    def api_address(self) -> str:
        """Where it is saved."""
        return f"{API}/{self.view['id']}"

    @property
    def may_edit(self) -> bool:
        """Whether this person may change it now."""
        is_open = bool(self.view["window_open"] and self.view["form"] != "LOCKED")
        return is_open and self.visitor.may(self.section["permission"])

    @property
    def is_certified(self) -> bool:
        """Whether it stands certified: a bid, and not a draft of one."""
        return bool(self.view["form"] == "CERTIFIED")

    @property
    def answers(self) -> Answers:
        """What stands in it."""
        return bid_forms.standing(self.section, self.view["answers"])

    @property
    def deadline(self) -> Deadline:
        """Until when it may be changed."""
        hint = "Only a bid that is certified by then counts."
        return Deadline.of("Bid window closes", self.view["closes_at"], hint=hint, hint_past="The bid is locked.")

    @property
    def questions(self) -> list[Question]:
        """Its fields as they stand, with everything that is wrong beside them."""
        return bid_forms.questions(self.section, self.answers, self.view["problems"], path=PATH, missing_too=True)

    @property
    def whole(self) -> list[Json]:
        """The problems that are about the bid, and about no field of it."""
        fields = {f"{PATH}.{field['name']}" for field in self.section["fields"]}
        return [entry for entry in self.view["problems"] if entry["path"] not in fields]


async def read_form_b(caller: Caller, bid_id: object) -> FormB:
    """Ask for a bid, then for what its competition asks. Raises `Problem`."""
    view = await caller.gateway.get(f"{API}/{bid_id}")
    fields = await caller.gateway.get(
        "/api/bidding/form-b/fields", round=view["round_code"], category=view["category_code"]
    )
    return FormB(fields["sections"][0], view, caller.visitor)
