"""A sheet: the answers of one section as they stand, each with the version and the person that last changed it.

Answers are kept as they were given, also those that cannot be read yet: a draft is never lost for being unfinished.
"""

from collections.abc import Mapping
from typing import Any

from bidding_svc.forms.field import Section
from bidding_svc.forms.reading import Answers, Given, is_empty
from chassis.errors import Conflict, FieldProblem, Invalid


class ChangedMeanwhile(Conflict):
    """Somebody changed these fields after you opened the form. Nothing of yours was saved; look at what they wrote."""


class NotAField(Invalid):
    """The form has no field of this name."""


class Sheet:
    """The answers of one section. `kept` is how it lies in the database."""

    def __init__(self, kept: Mapping[str, Any]) -> None:
        self.kept = dict(kept)

    @property
    def answers(self) -> dict[str, Given]:
        """The answers by field name."""
        return {name: answer["given"] for name, answer in self.kept.items()}

    @property
    def version(self) -> int:
        """The version of the form at which this section last changed; 0 when it never did."""
        return max((answer["version"] for answer in self.kept.values()), default=0)

    def differing(self, section: Section, given: Answers) -> list[str]:
        """Return the names of the fields that `given` would change. Raises `NotAField`."""
        known = {field.name for field in section.fields}
        if unknown := sorted(given.keys() - known):
            raise NotAField(fields=[FieldProblem(name[:80], NotAField().detail) for name in unknown])
        stands = self.answers
        return [name for name, answer in given.items() if _tidy(answer) != stands.get(name)]

    def require_unchanged_since(self, base: int | None) -> None:
        """Raise `ChangedMeanwhile` when somebody changed this section after version `base`, naming what they wrote.

        `base` None asks for nothing: the speaker knows no versions (a feed, a file).
        """
        if base is None or self.version <= base:
            return
        problem = ChangedMeanwhile()
        problem.fields = [
            FieldProblem(name, f"{answer['by']} wrote: {_shown(answer['given'])}")
            for name, answer in self.kept.items()
            if answer["version"] > base
        ]
        raise problem

    def with_answers(self, given: Answers, names: list[str], *, version: int, by: str) -> "Sheet":
        """Return the sheet with these fields changed, as of `version`."""
        changed = {name: {"given": _tidy(given[name]), "version": version, "by": by} for name in names}
        return Sheet(self.kept | changed)


def _tidy(given: Given) -> Given:
    if is_empty(given):
        return None
    return given.strip() if isinstance(given, str) else given


def _shown(given: Given) -> str:
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, list):
        return ", ".join(given)
    return "nothing" if given is None else str(given)
