"""What must neither be stored nor shown: Social Security numbers, payment cards and passwords in what people type.

Every free text of a chat passes here before anything else happens to it: what was hidden was never written anywhere,
and no agent saw it (anchors/features.md G6). A mark stays in its place, which pages put into words.

Numbers of the program are none of these: a PTAN has ten digits, a bidder number seven, an EIN is written 12-3456789, a
ZIP code 21244-1850. Nine digits in a row are hidden all the same: people type their Social Security number so.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Hidden(StrEnum):
    """What was hidden."""

    SSN = "ssn"
    CARD = "card"
    PASSWORD = "password"  # noqa: S105  a word, not a password

    @property
    def mark(self) -> str:
        """What stands in its place, such as "⟦ssn⟧"."""
        return f"⟦{self.value}⟧"


@dataclass(frozen=True)
class Masked:
    """A text as it may be kept, and what was hidden in it."""

    text: str
    hidden: tuple[Hidden, ...] = ()


_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
"""Characters that nobody sees, and that would part the digits of a number."""
_BETWEEN = r"[\s./_\-‐‑‒–—―−·]"
_SSN = re.compile(rf"(?<!\d)\d{{3}}{_BETWEEN}{{1,3}}\d{{2}}{_BETWEEN}{{1,3}}\d{{4}}(?!\d)")
_NINE_DIGITS = re.compile(r"(?<![\d$])(?<!\d[.,])\d{9}(?!\d|[.,]\d)")
_RUN = re.compile(rf"(?<!\d)\d(?:{_BETWEEN}{{0,2}}\d){{12,}}(?!\d)")
_CARD_LENGTHS = range(13, 20)
_LONGEST_GROUP = 6
"""Cards are written in groups of at most six digits; longer groups side by side are numbers of the program."""
_SECRET = re.compile(
    r"\b(?:pass\s?-?words?|pass\s?phrase|passcode|passwd|pwd|pw|pass|contraseñas?|clave)\b"
    r"(?:\s+[^\W\d_]+){0,4}?\s*(?P<sign>[:=]+>?|->|\bis\b|\bwas\b|\bes\b|\bera\b)\s*"
    r"(?P<quote>[\"'“”‘«]?)(?P<secret>\S{4,64})",
    re.IGNORECASE,
)
_PIN = re.compile(
    r"\b(?:pin|nip)\b(?:\s+(?:number|code))?\s*(?:[:=]|\bis\b|\bwas\b|\bes\b)\s*(?P<secret>\d{4,8})\b", re.IGNORECASE
)
_CLOSING = ".,;:!?\"'”’»)"


def mask(text: str) -> Masked:
    """Return the text with everything hidden that must not be kept."""
    hidden: list[Hidden] = []

    def hide(kind: Hidden) -> str:
        hidden.append(kind)
        return kind.mark

    text = _UNSEEN.sub("", text)
    text = _RUN.sub(lambda found: hide(Hidden.CARD) if _is_card(found.group()) else found.group(), text)
    text = _SSN.sub(lambda _: hide(Hidden.SSN), text)
    text = _NINE_DIGITS.sub(lambda found: hide(Hidden.SSN) if _may_be_ssn(found.group()) else found.group(), text)
    for pattern in (_SECRET, _PIN):
        text = pattern.sub(lambda found: _without_secret(found, hide), text)
    return Masked(text, tuple(dict.fromkeys(hidden)))


def _is_card(run: str) -> bool:
    """Whether digits with what stands between them are the number of a payment card."""
    groups = re.findall(r"\d+", run)
    digits = [int(digit) for digit in "".join(groups)]  # also digits of other scripts
    if len(digits) not in _CARD_LENGTHS or digits[0] not in range(2, 7):
        return False
    lengths = [len(group) for group in groups]
    if len(groups) > 1 and (max(lengths) > _LONGEST_GROUP or _holds_telephone(lengths)):
        return False
    return _luhn(digits)


def _holds_telephone(lengths: list[int]) -> bool:
    return any(lengths[at : at + 3] == [3, 3, 4] for at in range(len(lengths) - 2))


def _luhn(digits: list[int]) -> bool:
    doubled = [digit if at % 2 == 0 else sum(divmod(2 * digit, 10)) for at, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _may_be_ssn(digits: str) -> bool:
    """Whether nine digits may be a Social Security number: some of its parts are never all zeros."""
    number = "".join(str(int(digit)) for digit in digits)
    return number[:3] not in {"000", "666"} and number[3:5] != "00" and number[5:] != "0000"


def _without_secret(found: re.Match[str], hide: Callable[[Hidden], str]) -> str:
    whole, secret = found.group(), found["secret"]
    kept = secret.rstrip(_CLOSING)
    if not _is_secret(found, kept):
        return whole
    start = found.start("secret") - found.start()
    return whole[:start] + hide(Hidden.PASSWORD) + whole[start + len(kept) :]


def _is_secret(found: re.Match[str], kept: str) -> bool:
    """Whether the word after "my password is" is one: ordinary words follow it as well ("is not working")."""
    if found.re is _PIN:
        return True
    if kept.startswith("⟦") or len(kept) < 4:
        return False
    unlike_a_word = any(not each.isalpha() and each not in "'’-/" for each in kept)
    mixed = kept[1:] != kept[1:].lower() and not kept.isupper()
    stands_alone = not found["sign"][0].isalpha() and _ends_there(found, kept)
    return unlike_a_word or mixed or bool(found["quote"]) or stands_alone


def _ends_there(found: re.Match[str], kept: str) -> bool:
    """Whether nothing but the end of the line follows: "password: hunter"."""
    rest = found.string[found.start("secret") + len(kept) :].lstrip(_CLOSING + " \t")
    return not rest or rest[0] in "\r\n"
