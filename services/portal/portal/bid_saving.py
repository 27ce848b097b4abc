"""Saving a section of a bid form, and what the page goes on with: taken, disputed, or refused."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from portal import bid_forms
from portal.bid_forms import Answers, Sent
from portal.caller import Caller
from portal.gateway import Json, Problem

Standing = Callable[[], Awaitable[tuple[Answers, int]]]
"""Asks what stands in the section now, and at which version of the form."""


@dataclass(frozen=True)
class Outcome:
    """What came of it. `saved` is the form after it; without one, the page comes back with `sent` and says why."""

    sent: Sent
    saved: Json | None = None
    problem: Problem | None = None
    would_void: bool = False
    meanwhile: dict[str, str] = field(default_factory=dict)

    @property
    def disputed(self) -> bool:
        """Whether somebody else saved the section since it was read."""
        return self.problem is not None and self.problem.type == bid_forms.CHANGED_MEANWHILE


async def save(caller: Caller, address: str, section: Json, sent: Sent, *, now: Standing) -> Outcome:
    """Save what was changed in a section. Raises `Problem` for what is not about the form."""
    if sent.act == "theirs":
        sent = sent.giving_way()
    try:
        saved = await change(caller, "PATCH", address, sent.version, answers=sent.changes, may_void=sent.may_void)
    except Problem as problem:
        if problem.type == bid_forms.WOULD_VOID:
            return Outcome(sent, problem=problem, would_void=True)
        if problem.type == bid_forms.CHANGED_MEANWHILE:
            mine = sent.beside(*await now())
            return Outcome(mine, problem=problem, meanwhile=bid_forms.meanwhile(problem, section, mine))
        if not problem.is_about_the_form:
            raise
        return Outcome(sent, problem=problem)
    return Outcome(sent, saved=saved)


async def change(caller: Caller, method: str, address: str, version: int, **body: Any) -> Json:
    """Change a form that was read at `version`."""
    options: dict[str, Any] = {"json": body} if body else {}
    answer = await caller.gateway.call(method, address, headers={"if-match": f'"{version}"'}, **options)
    changed: Json = answer.json()
    return changed
