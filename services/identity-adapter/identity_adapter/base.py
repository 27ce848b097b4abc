from sqlalchemy.orm import DeclarativeBase

from chassis.database import COLUMN_TYPES, service_metadata


class Base(DeclarativeBase):
    """What every mapped class of identity-adapter inherits."""

    metadata = service_metadata()
    type_annotation_map = COLUMN_TYPES
