"""The acceptance rules as everybody may read them (documents.md, UPL-01 to UPL-10), in editions.

What has a value in code is taken from there, so that the page cannot say another one. Add an edition after a change:
`python -m documents_svc.rules.published "what changed, a sentence"`.
"""

import sys
from pathlib import Path

from pydantic import BaseModel

from chassis import calendar, machine_time
from chassis.editions import Shelf
from documents_svc.files.inspection import LONGEST_SIDE, MOST_PAGES
from documents_svc.uploads.certification import UPLOAD_CERTIFICATION
from documents_svc.uploads.labels import ENDINGS, LONGEST_LINE, LONGEST_NAME

POINTS_PER_INCH = 72


class AcceptanceRule(BaseModel):
    """One rule: its code, what it asks, and what is done where it is not met.

    `numbers` are the values that the sentences name in braces: "at most {pages} pages".
    """

    code: str
    asks: str
    otherwise: str
    numbers: dict[str, int] = {}


class AcceptanceRules(BaseModel):
    """What a file must be to be taken, and what its sender certifies."""

    file_endings: list[str]
    statement: str
    rules: list[AcceptanceRule]


REJECTED = "The file is rejected within minutes; its page says why, and what to do. Its receipt stays."
REFUSED = "It is refused before anything is kept."

RULES = [
    AcceptanceRule(
        code="UPL-01",
        asks="The file is a PDF: by its name, by its first bytes, and with its end present.",
        otherwise=REJECTED,
    ),
    AcceptanceRule(
        code="UPL-01",
        asks="Its name has at most {name} characters, and what you say about it at most {line} in a line.",
        otherwise=REFUSED,
        numbers={"name": LONGEST_NAME, "line": LONGEST_LINE},
    ),
    AcceptanceRule(
        code="UPL-02",
        asks="It is not empty, and smaller than the limit named where it is uploaded: 50 MB for bid documents.",
        otherwise=REFUSED,
    ),
    AcceptanceRule(
        code="UPL-03",
        asks="It opens without a password, and has 1 to {pages} pages, none longer than {inches} inches.",
        otherwise=REJECTED,
        numbers={"pages": MOST_PAGES, "inches": LONGEST_SIDE // POINTS_PER_INCH},
    ),
    AcceptanceRule(code="UPL-04", asks="It holds no script, no action and no attached file.", otherwise=REJECTED),
    AcceptanceRule(
        code="UPL-05",
        asks="A scanner finds no malware in it. A file that could not be scanned yet is never called clean.",
        otherwise=REJECTED,
    ),
    AcceptanceRule(
        code="UPL-06",
        asks="It was not sent for the same requirement before.",
        otherwise="It is taken all the same, and you are told.",
    ),
    AcceptanceRule(
        code="UPL-07",
        asks="Its kind is asked for now: after the bid window, only documents that an open notice asks for.",
        otherwise=REFUSED,
    ),
    AcceptanceRule(
        code="UPL-08",
        asks="A bid surety bond names its competitive bidding area, and you have a bid there.",
        otherwise=REFUSED,
    ),
    AcceptanceRule(
        code="UPL-09",
        asks="You certify it by typing your own user ID under the statement.",
        otherwise=REFUSED,
    ),
    AcceptanceRule(
        code="UPL-10",
        asks="All of it has arrived before the cut-off, by our server’s clock.",
        otherwise="What began before the cut-off and is complete soon after is kept, marked late. It does not count.",
    ),
]
SHELF = Shelf(Path(__file__).parent / "editions", AcceptanceRules)


def acceptance_rules() -> AcceptanceRules:
    """Return the rules that hold now."""
    return AcceptanceRules(file_endings=sorted(ENDINGS.values()), statement=UPLOAD_CERTIFICATION.text, rules=RULES)


if __name__ == "__main__":
    print(SHELF.publish(acceptance_rules(), sys.argv[1], calendar.eastern_day(machine_time.now())))
