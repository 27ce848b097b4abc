from typing import ClassVar
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.ids import new_id
from events.envelope import Event
from tests.probe.base import Base


class ThingMade(Event):
    TYPE: ClassVar[str] = "connexion.probe.thing-made.v1"
    TOPIC: ClassVar[str] = "connexion.probe"
    KEY: ClassVar[str] = "thing_id"

    thing_id: UUID
    organization_id: UUID


class ThingRenamed(ThingMade):
    TYPE: ClassVar[str] = "connexion.probe.thing-renamed.v1"


class Thing(Aggregate, Base):
    __tablename__ = "thing"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    name: Mapped[str]

    def __init__(self, organization_id: UUID, name: str) -> None:
        self.id, self.organization_id, self.name = new_id(), organization_id, name
        self.audit("thing.make", after={"name": name})
        self.say(ThingMade(thing_id=self.id, organization_id=organization_id))

    def rename(self, name: str) -> None:
        before, self.name = self.name, name
        self.audit("thing.rename", before={"name": before}, after={"name": name})
        self.say(ThingRenamed(thing_id=self.id, organization_id=self.organization_id))
