"""The words of Form C: where a report stands, what to do next, how an added product was screened."""

from collections.abc import Mapping
from typing import Any

from portal.meanings import UNKNOWN, Status
from portal.times import write_date

Json = Mapping[str, Any]

REPORTS: dict[str, Status] = {
    "NOT_OPEN": Status("quiet", "schedule", "Not open yet"),
    "OPEN": Status("todo", "flag", "To be filled in", "Check the products of each item, then certify."),
    "IN_PROGRESS": Status("todo", "edit", "In progress", "Nothing is submitted before it is certified."),
    "SUBMITTED": Status("good", "check_circle", "Submitted", "Nothing to do. Until the due date it can be re-opened."),
    "RETURNED": Status("todo", "flag", "Returned", "Correct what CMS names, and certify again."),
    "OVERDUE": Status("bad", "error", "Overdue", "Certify it now: it is taken as late."),
    "SUBMITTED_LATE": Status("busy", "schedule", "Submitted late", "Nothing to do. CMS looks at it."),
    "ACCEPTED": Status("good", "check_circle", "Accepted", "Its products are in the Supplier Directory."),
    "ESCALATED": Status("bad", "cancel", "Handed on", "It is long overdue. Call the help desk."),
    "CLOSED": Status("quiet", "remove", "Closed", "The contract has ended."),
}
"""How each state looks to the supplier; the cause is what to do next."""
WORK: dict[str, Status] = {
    "OPEN": Status("busy", "schedule", "Open"),
    "IN_PROGRESS": Status("busy", "schedule", "In progress"),
    "SUBMITTED": Status("todo", "flag", "Submitted"),
    "RETURNED": Status("busy", "schedule", "Returned"),
    "OVERDUE": Status("bad", "error", "Overdue"),
    "SUBMITTED_LATE": Status("todo", "flag", "Submitted late"),
    "ACCEPTED": Status("good", "check_circle", "Accepted"),
    "ESCALATED": Status("bad", "cancel", "Suspected breach"),
    "CLOSED": Status("quiet", "remove", "Closed"),
}
"""How each state looks to contract administrators."""
TO_SCREEN = Status("todo", "flag", "To be screened")
SCREENED: dict[str, Status] = {
    "PENDING": Status("busy", "schedule", "Being screened"),
    "CODED": Status("good", "check_circle", "Coded correctly"),
    "WRONG": Status("bad", "cancel", "Coded wrongly"),
    "WITHDRAWN": Status("quiet", "remove", "Withdrawn"),
}
WORK_TO_CHOOSE = [(code, status.word) for code, status in WORK.items()]
SCREENED_TO_CHOOSE = [(code, status.word) for code, status in SCREENED.items() if code != "PENDING"]
COLUMNS = {
    "hcpcs": "HCPCS code",
    "manufacturer": "Manufacturer",
    "model_name": "Model name",
    "model_number": "Model number",
    "stock": "Stock",
}


def of_report(report: Json) -> Status:
    """Return where a report stands with its supplier, and what to do next."""
    return REPORTS.get(report["state"], UNKNOWN)


def of_work(report: Json) -> Status:
    """Return where a report stands with those who follow it up."""
    return WORK.get(report["state"], UNKNOWN)


def of_queue(product: Json) -> Status:
    """Return where an added product stands with those who screen it."""
    return TO_SCREEN if product["state"] == "PENDING" else of_screening(product)


def of_screening(product: Json) -> Status:
    """Return whether the coding of an added product was found right."""
    return SCREENED.get(product["state"], UNKNOWN)


def period(report: Json) -> str:
    """Return the days a report covers: "July 1, 2028 through December 31, 2028"."""
    return f"{write_date(report['starts_on'])} through {write_date(report['ends_on'])}"


def column(name: str) -> str:
    """Return what a column of the grid, and of the spreadsheet, is called."""
    return COLUMNS.get(name, name)
