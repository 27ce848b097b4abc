"""Rule sets: the parameters of a round as one record in versions."""

from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from chassis.aggregate import Aggregate
from chassis.ids import new_id
from events.rule_set import RuleSet


class RuleSetRecord(Aggregate, Base):
    """A rule set in one version. It is never changed: a changed rule set is a new version, and serves later rounds."""

    __tablename__ = "rule_set"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)

    def __init__(self, name: str, rules: RuleSet) -> None:
        self.id, self.name, self.version = new_id(), name, rules.version
        self.parameters = rules.model_dump(mode="json")
        self.audit("rule_set.add", after={"name": name, "version": rules.version})

    @property
    def rules(self) -> RuleSet:
        """The parameters as a typed record."""
        return RuleSet.model_validate(self.parameters)
