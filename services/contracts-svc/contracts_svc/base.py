from sqlalchemy.orm import DeclarativeBase

from chassis.database import COLUMN_TYPES, service_metadata
from chassis.signature import keep_signatures


class Base(DeclarativeBase):
    """What every mapped class of contracts-svc inherits."""

    metadata = service_metadata()
    type_annotation_map = COLUMN_TYPES


keep_signatures(Base.metadata)
