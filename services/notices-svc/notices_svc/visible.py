"""The one filter of every list in notices-svc: a row is seen by those who hold the permission it carries."""

from sqlalchemy import ColumnElement, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import Text

from chassis.actor import Actor


def visible_to(
    actor: Actor, permission: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
) -> ColumnElement[bool]:
    """Return the condition `permission = any(<the actor's>)`."""
    mine = bindparam("mine", sorted(actor.permissions), type_=ARRAY(Text), unique=True)
    return permission == any_(mine)
