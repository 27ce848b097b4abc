"""What stands around every page of somebody who signed in: for whom the person acts, the round, the menu."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from chassis import machine_time
from portal import menus, role_names
from portal.caller import Caller
from portal.gateway import Json
from portal.visitor import Side

LAYOUTS: dict[Side, str] = {
    "supplier": "layouts/supplier.html",
    "newcomer": "layouts/supplier.html",
    "staff": "layouts/staff.html",
}
MENUS: dict[Side, menus.Menu] = {"supplier": menus.SUPPLIER, "newcomer": menus.NEWCOMER, "staff": menus.STAFF}


@dataclass(frozen=True)
class Frame:
    """The frame of one page. None where a service did not answer, or the person may not ask."""

    me: Json
    rounds: list[Json] | None
    requirements: Json | None
    todo_count: int | None
    ticket: Json | None
    side: Side
    menu: menus.Menu
    current: str

    @property
    def work(self) -> list[menus.Item]:
        """Where somebody of the staff has work to do."""
        return [item for _, items in self.menu for item in items if item.about]

    @property
    def layout(self) -> str:
        """The template to extend: staff can never mistake their pages for a supplier's."""
        return LAYOUTS[self.side]

    @property
    def role(self) -> str:
        """The role in words."""
        return role_names.name_of(self.me["role"])

    @property
    def seconds_left(self) -> int | None:
        """How long the session lasts unless it is renewed."""
        idle_at = self.me["idle_at"]
        return int((datetime.fromisoformat(idle_at) - machine_time.now()).total_seconds()) if idle_at else None

    @property
    def acting_for(self) -> str:
        """The organization the person acts for; program staff act for none."""
        organization = self.me["organization"]
        if organization:
            return str(organization["name"])
        return "Program staff" if self.side == "staff" else "No organization yet"

    @property
    def bidder_number(self) -> str | None:
        """The number the organization bids under, once it has one."""
        items = self.requirements["items"] if self.requirements else []
        return next((item["bidder_number"] for item in items if item.get("bidder_number")), None)

    @property
    def round(self) -> Json | None:
        """The round this organization has documents to send for, otherwise the current one."""
        items = self.requirements["items"] if self.requirements else []
        asked = {item["round_code"] for item in items}
        rounds = self.rounds or []
        return next((entry for entry in rounds if entry["code"] in asked), None) or current_round(rounds)


async def frame_of(caller: Caller) -> Frame:
    """Ask for everything the frame needs, at once. Only who the person is must be answered."""
    gateway = caller.gateway
    me, rounds, requirements, todos, ticket = await asyncio.gather(
        gateway.get("/api/identity/me"),
        gateway.get_or_none("/api/bidding/rounds"),
        _requirements(caller),
        caller.ask_if("todo.view", "/api/notices/todos/count"),
        _ticket_in_hand(caller),
    )
    side = caller.visitor.side
    menu = menus.visible(MENUS[side], caller.visitor.permissions)
    return Frame(
        me=me,
        rounds=rounds["items"] if rounds else None,
        requirements=requirements,
        todo_count=todos["open"] if todos else None,
        ticket=ticket,
        side=side,
        menu=menu,
        current=menus.current(menu, caller.request.url.path),
    )


async def _requirements(caller: Caller) -> Json | None:
    """Every document asked of the organization: a bidder in many areas has a bond for each."""
    if not caller.may("requirement.view"):
        return None
    asked: Json | None = await caller.gateway.or_none(caller.gateway.get_all("/api/bidding/requirements"))
    return asked


def current_round(rounds: list[Json]) -> Json | None:
    """Return the round to speak of where none is named: one with an open bid window, otherwise the latest to open."""
    open_now = next((entry for entry in rounds if entry["phase"] == "BIDDING"), None)
    return open_now or max(rounds, key=lambda entry: str(entry["opens_at"]), default=None)


async def _ticket_in_hand(caller: Caller) -> Json | None:
    ticket = caller.visitor.ticket_id
    found: Json | None = await caller.gateway.get_or_none(f"/api/identity/tickets/{ticket}") if ticket else None
    return found
