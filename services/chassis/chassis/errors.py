"""The few kinds of error the platform knows.

    ConnexionError
    ├── NotSignedIn      nobody, or nobody any more        401
    ├── NotAllowed       the person lacks the permission   403
    ├── NotFound         it is not there, or not yours     404
    ├── NotAllowedNow    its state or the time forbids it  409
    ├── Conflict         somebody else was quicker         409
    └── Invalid          what was sent breaks a rule       422

A rule of the program is a subclass that stands beside its aggregate. Its docstring is its
message: a sentence a person can act on.

    class CertifiedByAnotherPerson(Invalid):
        '''Type the user ID you signed in with.'''

Two small tables turn a kind into an HTTP status (`chassis.problems`) and into "park or retry"
(`PERMANENT`).
"""

import inspect
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldProblem:
    """One field at fault: where it is (`path`, dotted) and what to do about it (`message`)."""

    path: str
    message: str


class ConnexionError(Exception):
    """Something went wrong. Try again later."""

    title = "Error"

    def __init__(self, detail: str | None = None, *, field: str | None = None) -> None:
        """Take the sentence to show (default: the class's docstring) and the field at fault, if one is."""
        self.detail = detail or inspect.getdoc(type(self)) or self.title
        self.fields: list[FieldProblem] = [FieldProblem(field, self.detail)] if field else []
        super().__init__(self.detail)

    @property
    def type(self) -> str:
        """The stable name of the problem: the class's name in kebab case."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", type(self).__name__).lower()


class NotSignedIn(ConnexionError):
    """Sign in to go on."""

    title = "Not signed in"


class NotAllowed(ConnexionError):
    """Your role does not include this. An authorized official of your organization can tell you who may do it."""

    title = "Not allowed"


class NotFound(ConnexionError):
    """There is nothing here, or it is not yours to see."""

    title = "Not found"


class NotAllowedNow(ConnexionError):
    """This cannot be done at this point. Load the page again to see what can be done now."""

    title = "Not allowed now"


class Conflict(ConnexionError):
    """Somebody changed this before you. Load the page again and look at it as it is now."""

    title = "Conflict"


class Invalid(ConnexionError):
    """What was sent is not complete or not right."""

    title = "Invalid"

    def __init__(
        self, detail: str | None = None, *, field: str | None = None, fields: list[FieldProblem] | None = None
    ) -> None:
        """Take either one `field` or the whole list of `fields` at fault."""
        super().__init__(detail, field=field)
        if fields:
            self.fields = fields


PERMANENT: tuple[type[ConnexionError], ...] = (NotFound, NotAllowed, NotAllowedNow, Conflict, Invalid)
"""Kinds that will not go away by waiting: an event that meets one is parked, not retried."""
