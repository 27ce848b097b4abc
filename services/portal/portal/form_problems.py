"""A refusal of the API as a form shows it: each sentence once in the summary, and above its field."""

from collections.abc import Sequence
from typing import NamedTuple

from portal.gateway import Problem

NAMED_OTHERWISE = {"filename": "file", "size": "file", "content": "file", "upload": "file"}
"""What documents-svc calls a part of the file that the form has one field for."""


class FieldProblem(NamedTuple):
    """One sentence; `field` is the id of the form's field, or None when it is about the whole."""

    field: str | None
    message: str


def form_problems(problem: Problem, fields: Sequence[str]) -> list[FieldProblem]:
    """Return what the summary lists, for a form with these fields."""
    told = [FieldProblem(_field(str(entry.get("path", "")), fields), str(entry["message"])) for entry in problem.fields]
    return told or [FieldProblem(None, problem.detail or problem.title or "This was refused.")]


def field_errors(problem: Problem | None, fields: Sequence[str]) -> dict[str, str | None]:
    """Return for every field of the form the sentence above it, or None."""
    told = {entry.field: entry.message for entry in form_problems(problem, fields)} if problem else {}
    return {name: told.get(name) for name in fields}


def _field(path: str, fields: Sequence[str]) -> str | None:
    name = path.rsplit(".", 1)[-1]
    name = NAMED_OTHERWISE.get(name, name)
    return name if name in fields else None
