"""State machines as tables: what an entity can go through, in one readable place.

The table is the only source: aggregates ask it before they move, the API's `allowed_actions` and the README's diagram
are made from it, and tests walk it.

    class Requirement(StrEnum):
        REQUIRED = "REQUIRED"
        RECEIVED = "RECEIVED"
        MISSING = "MISSING"

    LIFECYCLE = Lifecycle(
        "document requirement",
        start=Requirement.REQUIRED,
        ends={Requirement.MISSING},
        moves=[
            Move(Requirement.REQUIRED, "receive", Requirement.RECEIVED, by="document.upload", guard="before the close"),
            Move(Requirement.RECEIVED, "receive", Requirement.RECEIVED, by="document.upload", guard="before the close"),
            Move(Requirement.REQUIRED, "miss", Requirement.MISSING, guard="the slot is settled"),
        ],
    )
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from chassis.errors import NotAllowedNow

SYSTEM = "system"
"""Who makes a move that no person makes: a sweep, or an event of another service."""

_NOT_IN_LABELS = str.maketrans({";": ",", ":": ","})  # mermaid ends a label there

State = TypeVar("State", bound=Enum)


@dataclass(frozen=True)
class Move(Generic[State]):
    """One line of the table: in `states` (one, or several) the act `verb` leads to `to`.

    `by` is the permission it takes, or `SYSTEM`. `guard` and `effects` are words for readers and diagrams; the rules
    themselves stand in the aggregate.
    """

    states: State | tuple[State, ...]
    verb: str
    to: State
    by: str = SYSTEM
    guard: str = ""
    effects: str = ""

    @property
    def sources(self) -> tuple[State, ...]:
        """The states the move starts from, always as a tuple."""
        return self.states if isinstance(self.states, tuple) else (self.states,)


class Lifecycle(Generic[State]):
    """The states of one entity, and what leads from each to the next."""

    def __init__(self, entity: str, *, start: State, ends: Collection[State], moves: Iterable[Move[State]]) -> None:
        """Take the table and check it.

        Raises ValueError when a state is unknown, unreachable, or left out; when a verb leads to two places from one
        state; or when `ends` are not exactly the states that nothing leaves.
        """
        self.entity = entity
        self.start = start
        self.moves = tuple(moves)
        self.states: type[State] = type(start)
        self._targets: dict[tuple[State, str], Move[State]] = {}
        for move in self.moves:
            self._add(move)
        self.ends = frozenset(ends)
        self._check()

    @property
    def verbs(self) -> frozenset[str]:
        """Every verb of the table."""
        return frozenset(move.verb for move in self.moves)

    def next(self, state: State, verb: str) -> State:
        """Return the state that `verb` leads to.

        Raises NotAllowedNow when it is not possible in `state`, and ValueError when the table has no such verb.
        """
        move = self._targets.get((state, verb))
        if move is not None:
            return move.to
        if verb not in self.verbs:
            raise ValueError(f"{self.entity} knows no verb {verb!r}")
        raise NotAllowedNow(f"The {self.entity} is {_words(state)}: “{verb}” is not possible now.")

    def can(self, state: State, verb: str) -> bool:
        """Whether `verb` is possible in `state`."""
        return (state, verb) in self._targets

    def allowed(self, state: State, permissions: Collection[str]) -> list[str]:
        """Return the verbs somebody with these permissions may use in `state`, in the order of the table.

        Guards are the aggregate's: it takes away what the time or its data forbid.
        """
        return [move.verb for move in self.moves if state in move.sources and move.by in permissions]

    def is_end(self, state: State) -> bool:
        """Whether nothing leads out of `state`."""
        return state in self.ends

    def mermaid(self) -> str:
        """Draw the table as a mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start.value}"]
        for move in self.moves:
            label = f"{move.verb} ({move.by})" + (f" [{move.guard}]" if move.guard else "")
            label = label.translate(_NOT_IN_LABELS)
            lines += [f"    {source.value} --> {move.to.value}: {label}" for source in move.sources]
        lines += [f"    {state.value} --> [*]" for state in self.states if state in self.ends]
        return "\n".join(lines)

    def _add(self, move: Move[State]) -> None:
        for state in (*move.sources, move.to):
            if not isinstance(state, self.states):
                raise ValueError(f"{self.entity}: {state!r} is not one of {self.states.__name__}")  # noqa: TRY004 - the table is wrong
        for source in move.sources:
            if (source, move.verb) in self._targets:
                raise ValueError(f"{self.entity}: “{move.verb}” leads to two places from {source.value}")
            self._targets[source, move.verb] = move

    def _check(self) -> None:
        unreachable = set(self.states) - self._reachable()
        if unreachable:
            raise ValueError(f"{self.entity}: nothing leads to {_list(unreachable)}")
        left = {source for source, _ in self._targets}
        if dead_ends := set(self.states) - left - self.ends:
            raise ValueError(f"{self.entity}: nothing leads out of {_list(dead_ends)}, and it is not named as an end")
        if not_ends := self.ends & left:
            raise ValueError(f"{self.entity}: {_list(not_ends)} is named as an end, and something leads out of it")

    def _reachable(self) -> set[State]:
        seen, waiting = {self.start}, [self.start]
        while waiting:
            state = waiting.pop()
            found = {move.to for (source, _), move in self._targets.items() if source == state} - seen
            seen |= found
            waiting += found
        return seen


def _words(state: Enum) -> str:
    return str(state.value).lower().replace("_", " ")


def _list(states: Iterable[Enum]) -> str:
    return ", ".join(sorted(str(state.value) for state in states))
