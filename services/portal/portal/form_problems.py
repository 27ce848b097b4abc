"""A refusal of the API as a form shows it: each sentence once in the summary, and above its field."""

from typing import NamedTuple

from portal.gateway import Problem

UPLOAD_FIELDS = ("slot", "nickname", "includes", "file", "certified_by")
NAMED_OTHERWISE = {"filename": "file", "size": "file", "content": "file", "upload": "file"}
"""What documents-svc calls a part of the file that the form has one field for."""


class FieldProblem(NamedTuple):
    """One sentence; `field` is the id of the form's field, or None when it is about the whole."""

    field: str | None
    message: str


def form_problems(problem: Problem) -> list[FieldProblem]:
    """Return what the summary lists."""
    told = [FieldProblem(_field(str(entry.get("path", ""))), str(entry["message"])) for entry in problem.fields]
    return told or [FieldProblem(None, problem.detail or problem.title or "The file was refused.")]


def field_errors(problem: Problem | None) -> dict[str, str | None]:
    """Return for every field of the upload form the sentence above it, or None."""
    told = {entry.field: entry.message for entry in form_problems(problem)} if problem else {}
    return {name: told.get(name) for name in UPLOAD_FIELDS}


def _field(path: str) -> str | None:
    name = path.rsplit(".", 1)[-1]
    name = NAMED_OTHERWISE.get(name, name)
    return name if name in UPLOAD_FIELDS else None
