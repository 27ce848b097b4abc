"""What stands around every supplier page: for whom the person acts, the round, the menu, what is left to do."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from chassis import machine_time
from portal.caller import Caller
from portal.gateway import Json

ROLES = {
    "AO": "Authorized official (AO)",
    "BAO": "Backup authorized official (BAO)",
    "EU": "End user (EU)",
}


class Item(NamedTuple):
    """One menu item; drawn only for who holds one of its permissions, or for everybody."""

    label: str
    address: str
    permissions: frozenset[str] = frozenset()


MENU: list[tuple[str, list[Item]]] = [
    ("", [Item("Home", "/home"), Item("To-Do list", "/todo", frozenset({"todo.view"}))]),
    (
        "Bidding and contracting",
        [Item("Document Center", "/documents", frozenset({"document.view", "document.upload"}))],
    ),
    (
        "Records",
        [
            Item("Receipts", "/receipts", frozenset({"document.view"})),
            Item("Recent activity", "/activity", frozenset({"activity.view"})),
        ],
    ),
]
"""The navigation map of the design, as far as its pages exist. Order is fixed."""


@dataclass(frozen=True)
class Frame:
    """The frame of one supplier page. None where a service did not answer, or the person may not ask."""

    me: Json
    rounds: list[Json] | None
    requirements: Json | None
    todo_count: int | None
    menu: list[tuple[str, list[Item]]]

    @property
    def role(self) -> str:
        """The role in words."""
        return ROLES.get(self.me["role"], str(self.me["role"]))

    @property
    def seconds_left(self) -> int | None:
        """How long the session lasts unless it is renewed."""
        idle_at = self.me["idle_at"]
        return int((datetime.fromisoformat(idle_at) - machine_time.now()).total_seconds()) if idle_at else None

    @property
    def acting_for(self) -> str:
        """The organization the person acts for; program staff act for none."""
        organization = self.me["organization"]
        return str(organization["name"]) if organization else "Program staff"

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
    me, rounds, requirements, todos = await asyncio.gather(
        gateway.get("/api/identity/me"),
        gateway.get_or_none("/api/bidding/rounds"),
        caller.ask_if("requirement.view", "/api/bidding/requirements"),
        caller.ask_if("todo.view", "/api/notices/todos/count"),
    )
    return Frame(
        me=me,
        rounds=rounds["items"] if rounds else None,
        requirements=requirements,
        todo_count=todos["open"] if todos else None,
        menu=menu_for(caller),
    )


def menu_for(caller: Caller) -> list[tuple[str, list[Item]]]:
    """Return the menu this person may see; a group with no item is not drawn."""
    groups = [
        (title, [item for item in items if not item.permissions or item.permissions & caller.visitor.permissions])
        for title, items in MENU
    ]
    return [(title, items) for title, items in groups if items]


def current_round(rounds: list[Json]) -> Json | None:
    """Return the round to speak of where none is named: one with an open bid window, otherwise the latest to open."""
    open_now = next((entry for entry in rounds if entry["phase"] == "BIDDING"), None)
    return open_now or max(rounds, key=lambda entry: str(entry["opens_at"]), default=None)
