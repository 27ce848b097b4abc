"""The role table, read once from `roles.toml`. Nothing else in the platform knows which role may do what."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

PERMISSION = re.compile(r"[a-z_]+(\.[a-z_]+)+")


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Role(_Read):
    """A role: what it is called, and on which side of the program it stands."""

    name: str
    side: Literal["supplier", "staff"]


class Row(_Read):
    """One line of the table: an action, its permission codes, and the roles that hold them.

    Codes of a row `with_ticket` are held only while the session has an open help desk ticket in hand.
    """

    codes: tuple[str, ...]
    action: str
    roles: tuple[str, ...]
    with_ticket: bool = False
    footnotes: dict[str, int] = {}


class Section(_Read):
    """A part of the table; `published` ones stand in the contractor's document."""

    title: str
    published: bool
    rows: tuple[Row, ...]


class RoleTable(_Read):
    """Every role, permission and machine scope there is."""

    roles: dict[str, Role]
    footnotes: dict[str, str]
    sections: tuple[Section, ...]
    scopes: dict[str, tuple[str, ...]]

    @model_validator(mode="after")
    def _holds_together(self) -> "RoleTable":
        codes = [code for section in self.sections for row in section.rows for code in row.codes]
        doubled = {code for code in codes if codes.count(code) > 1}
        misnamed = {code for code in codes if not PERMISSION.fullmatch(code)}
        rows = [row for section in self.sections for row in section.rows]
        unknown = {role for row in rows for role in (*row.roles, *row.footnotes)} - self.roles.keys()
        unknown |= {str(note) for row in rows for note in row.footnotes.values()} - self.footnotes.keys()
        unknown |= {code for granted in self.scopes.values() for code in granted} - set(codes)
        if wrong := doubled | misnamed | unknown:
            msg = f"named twice, misnamed or unknown in the role table: {sorted(wrong)}"
            raise ValueError(msg)
        return self

    def permissions_of(self, role: str, *, with_ticket: bool = False) -> frozenset[str]:
        """Return the permissions of a role, with or without a help desk ticket in hand.

        Raises KeyError when there is no such role.
        """
        if role not in self.roles:
            raise KeyError(role)
        rows = (row for section in self.sections for row in section.rows if with_ticket or not row.with_ticket)
        return frozenset(code for row in rows if role in row.roles for code in row.codes)

    def permissions_of_scopes(self, scopes: frozenset[str]) -> frozenset[str]:
        """Return what a machine with these scopes may do. Raises KeyError for a scope that does not exist."""
        return frozenset(code for scope in scopes for code in self.scopes[scope])


@cache
def role_table() -> RoleTable:
    """Return the table. Raises `pydantic.ValidationError` when the file does not hold together."""
    return RoleTable.model_validate(tomllib.loads((files(__package__) / "roles.toml").read_text("utf-8")))
