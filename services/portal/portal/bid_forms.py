"""A section of a bid form as a page asks it. What is asked, bidding-svc says; nothing here knows one field by name."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.datastructures import FormData

from portal.form_problems import FieldProblem
from portal.gateway import Json, Problem

Answer = str | list[str]
"""An answer as a page holds it: what stands in the field, or what is ticked."""
Answers = dict[str, Answer]

FEW = 3
"""So many answers to choose from stand side by side; more are a list to open."""
CHANGED_MEANWHILE, WOULD_VOID, CHANGED = "changed-meanwhile", "would-void", ("form-a-changed", "form-b-changed")


@dataclass(frozen=True)
class Question:
    """One field, ready to be drawn: what stands in it, and what is to be said beside it."""

    field: Json
    answer: Answer
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    meanwhile: str | None = None
    only_if: str | None = None

    @property
    def widget(self) -> Literal["checks", "radios", "select", "area", "line"]:
        """How it is asked."""
        match self.field["kind"]:
            case "choices":
                return "checks"
            case "yes-no":
                return "radios"
            case "choice":
                return "radios" if len(self.field["options"]) <= FEW else "select"
            case "long-text":
                return "area"
            case _:
                return "line"

    @property
    def options(self) -> list[tuple[str, str]]:
        """The answers to choose from: what is sent, and what is read."""
        if self.field["kind"] == "yes-no":
            return [("yes", "Yes"), ("no", "No")]
        return [(option["code"], option["label"]) for option in self.field["options"]]

    @property
    def in_words(self) -> str:
        """The answer as it is read; empty when there is none."""
        words = dict(self.options)
        if isinstance(self.answer, list):
            return ", ".join(words.get(code, code) for code in self.answer)
        return words.get(self.answer, self.answer)


@dataclass(frozen=True)
class Sent:
    """A section as its page sent it: what was typed, what had stood there, and at which version that was read."""

    answers: Answers
    base: Answers
    version: int
    may_void: bool = False
    act: str = "save"
    conflicts: tuple[str, ...] = ()
    key: str = ""

    @classmethod
    def of(cls, form: FormData, section: Json) -> "Sent":
        """Read a form that was sent. Fields the section does not have are left away."""
        return cls(
            answers={field["name"]: _typed(form, field) for field in section["fields"]},
            base=_base(form, section),
            version=_number(form.get("version")),
            may_void=form.get("may_void") == "yes",
            act=str(form.get("do", "save")),
            conflicts=tuple(str(form.get("conflicts", "")).split()),
            key=str(form.get("key", "")).strip(),
        )

    @property
    def changes(self) -> dict[str, Answer | None]:
        """The answers that differ from what had stood there; None empties one."""
        return {name: answer or None for name, answer in self.answers.items() if answer != self.base.get(name)}

    def beside(self, now: Answers, version: int) -> "Sent":
        """Return the same on what stands there now: what was not touched here is taken over from there."""
        answers = {
            name: answer if answer != self.base.get(name) else now.get(name, answer)
            for name, answer in self.answers.items()
        }
        disputed = {
            name for name, answer in answers.items() if now.get(name) != self.base.get(name) and answer != now.get(name)
        }
        return Sent(answers, now, version, self.may_void, self.act, tuple(sorted(disputed)), self.key)

    def giving_way(self) -> "Sent":
        """Return the same with the disputed answers as the others wrote them."""
        answers = self.answers | {name: self.base[name] for name in self.conflicts if name in self.base}
        return Sent(answers, self.base, self.version, self.may_void, "save", (), self.key)

    def as_fields(self) -> list[tuple[str, str]]:
        """Return the hidden fields that send it again."""
        pairs = [(name, each) for name, answer in self.answers.items() for each in _listed(answer)]
        return [*pairs, ("version", str(self.version)), ("base", written(self.base)), ("key", self.key)]


def standing(section: Json, answers: Mapping[str, object]) -> Answers:
    """Return the answers of a section as its fields hold them."""
    return {field["name"]: _shown(field, answers.get(field["name"])) for field in section["fields"]}


def written(answers: Answers) -> str:
    """Write answers for a hidden field of the page."""
    return json.dumps(answers, ensure_ascii=False)


def questions(
    section: Json,
    answers: Answers,
    problems: Iterable[Json] = (),
    *,
    path: str,
    missing_too: bool = False,
    meanwhile: Mapping[str, str] | None = None,
    judged: Answers | None = None,
) -> list[Question]:
    """Return the fields of a section with what is wrong beside them; what is only missing, where `missing_too`.

    `judged` are the answers the problems are about: of a field that holds another one by now, nothing is said.
    """
    judged = answers if judged is None else judged
    told = [entry for entry in problems if missing_too or entry["code"] != "REQUIRED"]
    labels = {field["name"]: field for field in section["fields"]}

    def said(name: str, *weights: str) -> tuple[str, ...]:
        if answers.get(name) != judged.get(name):
            return ()
        return tuple(
            entry["message"] for entry in told if entry["path"] == f"{path}.{name}" and entry["weight"] in weights
        )

    return [
        Question(
            field=field,
            answer=answers.get(field["name"], ""),
            errors=said(field["name"], "error"),
            warnings=said(field["name"], "warning", "could-not-check"),
            meanwhile=(meanwhile or {}).get(field["name"]),
            only_if=_condition(field, labels),
        )
        for field in section["fields"]
    ]


def concerning(problems: Iterable[Json], path: str, weight: str = "error") -> list[Json]:
    """Return the problems of a section, an entry or a bid, and of what is in it."""
    return [
        entry
        for entry in problems
        if entry["weight"] == weight and (entry["path"] == path or entry["path"].startswith(f"{path}."))
    ]


def summary(problems: Iterable[Json], path: str, fields: Iterable[str]) -> list[FieldProblem]:
    """Return the errors under `path` for the summary of a page with these fields."""
    known = set(fields)
    return [
        FieldProblem(name if (name := entry["path"].rpartition(".")[2]) in known else None, entry["message"])
        for entry in concerning(problems, path)
    ]


def meanwhile(problem: Problem, section: Json, mine: Sent) -> dict[str, str]:
    """Say of every field that somebody else changed what stands there now; `mine` stands on what they wrote."""
    authors = {str(told["path"]): str(told["message"]).partition(" wrote: ")[0] for told in problem.fields}
    notes = {}
    for question in questions(section, mine.base, path=""):
        name = question.field["name"]
        if name in authors:
            wrote = f"{authors[name]} wrote: {question.in_words or 'nothing'}."
            mine_stays = name in mine.conflicts
            notes[name] = f"{wrote} {'What you typed is still here.' if mine_stays else 'This is taken over.'}"
    return notes


def _condition(field: Json, fields: Mapping[str, Json]) -> str | None:
    when = field["needed_when"]
    if when is None or when["field"] not in fields:
        return None
    words = dict(Question(fields[when["field"]], "").options)
    among = " or ".join(f"“{words.get(code, code)}”" for code in when["among"])
    return f"Only if you answer {among} to “{fields[when['field']]['label']}”."


def _typed(form: FormData, field: Json) -> Answer:
    given = [str(each) for each in form.getlist(field["name"])]
    if field["kind"] == "choices":
        return _in_order(field, given)
    return given[-1].replace("\r\n", "\n").strip() if given else ""


def _shown(field: Json, given: object) -> Answer:
    if field["kind"] == "choices":
        return _in_order(field, re.split(r"[\s,;|]+", given) if isinstance(given, str) else _texts(given))
    if isinstance(given, bool):
        return "yes" if given else "no"
    return "" if given is None else str(given)


def _in_order(field: Json, codes: list[str]) -> list[str]:
    """The codes in the order of the form; one the form does not have comes last, so that it is not lost."""
    known = [option["code"] for option in field["options"]]
    return [code for code in known if code in codes] + [code for code in codes if code and code not in known]


def _base(form: FormData, section: Json) -> Answers:
    try:
        told = json.loads(str(form.get("base", "{}")))
    except ValueError:
        told = {}
    return standing(section, told if isinstance(told, dict) else {})


def _texts(given: object) -> list[str]:
    return [str(each) for each in given] if isinstance(given, list) else []


def _listed(answer: Answer) -> list[str]:
    return answer if isinstance(answer, list) else [answer]


def _number(given: object) -> int:
    return int(str(given)) if str(given).isascii() and str(given).isdigit() else 0
