from enum import Enum
from typing import Any

from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import DeclarativeBase

from chassis.database import COLUMN_TYPES, service_metadata
from chassis.signature import keep_signatures

STATE_LENGTH = 20


def _values(states: type[Enum]) -> list[str]:
    return [str(state.value) for state in states]


class Base(DeclarativeBase):
    """What every mapped class of documents-svc inherits. Enumerations are stored as their values, in text."""

    metadata = service_metadata()
    type_annotation_map: dict[Any, Any] = {  # noqa: RUF012  SQLAlchemy's own name for it
        **COLUMN_TYPES,
        Enum: EnumType(Enum, native_enum=False, length=STATE_LENGTH, values_callable=_values),
    }


keep_signatures(Base.metadata)
