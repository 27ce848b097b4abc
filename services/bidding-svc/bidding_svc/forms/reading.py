"""From what somebody answered to a value, field by field. An answer that cannot be read is kept, and is a problem."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from bidding_svc.forms.field import Field, Kind, Option, Section, Source, When
from bidding_svc.forms.problem import FormProblem

Given = str | bool | int | list[str] | None
"""An answer as it is sent: text as a person writes it, or the JSON value it stands for."""
Answers = Mapping[str, Given]
Choices = Mapping[Source, tuple[Option, ...]]
"""The lists that fields of a round choose from."""

LONGEST_TEXT = 255
LONGEST_LONG_TEXT = 4000
MOST_DIGITS = 12

_MONEY = re.compile(r"\$?\s?(\d{1,3}(,\d{3})+|\d+)(\.\d{2})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,3}(,\d{3})+|\d+", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3})(\.\d{1,4})?\s?%?", re.ASCII)


class UnreadableError(ValueError):
    """An answer is not of its field's kind; the text tells a person how to write it."""


def is_empty(given: Given) -> bool:
    """Whether a field is not answered."""
    return given is None or given == [] or (isinstance(given, str) and not given.strip())


def read(field: Field, given: Given, choices: Choices) -> Any:
    """Return the value of an answer: text, code, codes, yes or no, cents, units, or a share of one.

    Raises UnreadableError with a sentence that tells how to answer.
    """
    return _READERS[field.kind](field, given, choices)


def is_asked(field: Field, values: Mapping[str, Any]) -> bool:
    """Whether the answers of the section so far make this field count."""
    return not isinstance(field.needed, When) or _holds(field.needed, values)


def must_be_answered(field: Field, values: Mapping[str, Any]) -> bool:
    """Whether the field may not stay empty."""
    return _holds(field.needed, values) if isinstance(field.needed, When) else field.needed


def read_section(
    section: Section, answers: Answers, choices: Choices, path: str = ""
) -> tuple[dict[str, Any], list[FormProblem]]:
    """Return the values that could be read, and what is missing or cannot be read; `path` goes before field names."""
    values: dict[str, Any] = {}
    problems: list[FormProblem] = []
    for field in section.fields:
        given = answers.get(field.name)
        if not is_asked(field, values):
            continue
        where = f"{path or section.name}.{field.name}"
        if is_empty(given):
            if must_be_answered(field, values):
                problems.append(FormProblem(path=where, code="REQUIRED", message=_ask(field)))
            continue
        try:
            values[field.name] = read(field, given, choices)
        except UnreadableError as unreadable:
            problems.append(FormProblem(path=where, code="UNREADABLE", message=str(unreadable)))
    return values, problems


def _holds(condition: When, values: Mapping[str, Any]) -> bool:
    answer = values.get(condition.field)
    said = {True: "yes", False: "no"}.get(answer, answer) if isinstance(answer, bool) else answer
    return said in condition.among


def _ask(field: Field) -> str:
    verb = "Choose" if field.kind in {Kind.CHOICE, Kind.CHOICES, Kind.YES_NO} else "Enter"
    return f"{verb} an answer for “{field.label}”."


def _text(field: Field, given: Given, _choices: Choices) -> str:
    longest = LONGEST_LONG_TEXT if field.kind is Kind.LONG_TEXT else LONGEST_TEXT
    if not isinstance(given, str):
        raise UnreadableError("Write this as text.")
    if len(given.strip()) > longest:
        raise UnreadableError(f"Shorten this to {longest} characters.")
    return given.strip()


def _choice(field: Field, given: Given, choices: Choices) -> str:
    code = given.strip() if isinstance(given, str) else ""
    if code not in {option.code for option in options_of(field, choices)}:
        raise UnreadableError(f"Choose one of the answers of “{field.label}”.")
    return code


def _choices(field: Field, given: Given, choices: Choices) -> tuple[str, ...]:
    codes = re.split(r"[\s,;|]+", given.strip()) if isinstance(given, str) else given
    if not isinstance(codes, list):
        raise UnreadableError(f"Choose among the answers of “{field.label}”.")
    known = [option.code for option in options_of(field, choices)]
    if unknown := [code for code in codes if code not in known]:
        raise UnreadableError(f"{unknown[0][:20]} is not among the answers of “{field.label}”.")
    return tuple(code for code in known if code in codes)


def options_of(field: Field, choices: Choices) -> tuple[Option, ...]:
    """Return the answers a field can be given, those of a list of the round included."""
    return choices.get(field.options, ()) if isinstance(field.options, Source) else field.options


def _yes_no(_field: Field, given: Given, _choices: Choices) -> bool:
    if isinstance(given, bool):
        return given
    word = given.strip().lower() if isinstance(given, str) else ""
    if word not in {"yes", "no"}:
        raise UnreadableError("Answer yes or no.")
    return word == "yes"


def _money(_field: Field, given: Given, _choices: Choices) -> int:
    written = given.strip() if isinstance(given, str) else ""
    found = _MONEY.fullmatch(written)
    digits = re.sub(r"\D", "", written)
    if found is None or len(digits) > MOST_DIGITS:
        raise UnreadableError("Write an amount in dollars and cents, like 348.00.")
    return int(digits) if found[3] else int(digits) * 100


def _whole_number(_field: Field, given: Given, _choices: Choices) -> int:
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    written = given.strip() if isinstance(given, str) else ""
    digits = written.replace(",", "")
    if not _WHOLE.fullmatch(written) or len(digits) > MOST_DIGITS:
        raise UnreadableError("Write a whole number, like 1200.")
    return int(digits)


def _percent(_field: Field, given: Given, _choices: Choices) -> Decimal:
    written = str(given).strip() if isinstance(given, str | int) and not isinstance(given, bool) else ""
    found = _PERCENT.fullmatch(written)
    share = Decimal(written.rstrip("% ")) / 100 if found else Decimal(2)
    if share > 1:
        raise UnreadableError("Write a percentage from 0 to 100, like 12.5.")
    return share


def _ptan(_field: Field, given: Given, _choices: Choices) -> str:
    digits = given.strip() if isinstance(given, str) else ""
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise UnreadableError("Write the PTAN with its ten digits.")
    return digits


_READERS: dict[Kind, Callable[[Field, Given, Choices], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.YES_NO: _yes_no,
    Kind.MONEY: _money,
    Kind.WHOLE_NUMBER: _whole_number,
    Kind.PERCENT: _percent,
    Kind.PTAN: _ptan,
}
