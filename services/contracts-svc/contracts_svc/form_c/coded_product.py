"""The coding contractor's product list: which products are coded with which item (contracts.md 6)."""

from collections.abc import Collection, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints
from sqlalchemy import Index, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from chassis.actor import Actor
from chassis.csv_import import Numbered, Table, Written
from chassis.database import Database, Fence, ReadSession, Session
from chassis.ids import new_id
from contracts_svc.base import Base
from contracts_svc.form_c.content import Product, folded
from contracts_svc.form_c.rules import LONGEST, Listed
from events.kinds import Hcpcs

Cell = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]


class CodedProduct(Base):
    """A product of an item, as the list spells it. It belongs to no organization."""

    __tablename__ = "coded_product"
    __table_args__ = (Index("coded_product_one_idx", "hcpcs", "key", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    hcpcs: Mapped[str]
    manufacturer: Mapped[str]
    model_name: Mapped[str]
    model_number: Mapped[str]
    key: Mapped[str] = mapped_column(comment="the product without case, spaces and width")

    @property
    def product(self) -> Product:
        """The product, as a report names it."""
        return Product(self.hcpcs, self.manufacturer, self.model_name, self.model_number, source="list")


class CodedRow(BaseModel):
    """A row of the list."""

    hcpcs: Hcpcs
    manufacturer: Cell
    model_name: Cell
    model_number: Cell

    @property
    def key(self) -> str:
        """What makes it the same product, within its item."""
        return folded(self.manufacturer, self.model_name, self.model_number)


_WORDS = f"Write it in 1 to {LONGEST} characters."
CODED_PRODUCTS: Table[CodedRow] = Table(
    {
        "hcpcs": "Write the HCPCS code, such as L0650.",
        "manufacturer": _WORDS,
        "model_name": _WORDS,
        "model_number": _WORDS,
    },
    row=CodedRow,
    key=lambda row: (row.hcpcs, row.key),
)


async def write(database: Database, actor: Actor, batch: Sequence[Numbered[CodedRow]]) -> Written:
    """Write a batch of the list in a transaction of its own: what is new, and what is spelled anew."""
    written = Written()
    async with database.writing(Fence.of(actor), actor) as session:
        wanted = {(each.row.hcpcs, each.row.key): each.row for each in batch}
        known = await session.scalars(
            select(CodedProduct).where(tuple_(CodedProduct.hcpcs, CodedProduct.key).in_(wanted)).with_for_update()
        )
        for standing in known:
            row = wanted.pop((standing.hcpcs, standing.key))
            changed = [name for name in CODED_PRODUCTS.columns if getattr(standing, name) != getattr(row, name)]
            for name in changed:
                setattr(standing, name, getattr(row, name))
            written.changed += bool(changed)
            written.unchanged += not changed
        session.add_all(CodedProduct(id=new_id(), key=key, **row.model_dump()) for (_, key), row in wanted.items())
        written.added += len(wanted)
    return written


async def listed(session: Session | ReadSession, items: Collection[str]) -> Listed:
    """Return the products that the list has for these items."""
    found = await session.scalars(select(CodedProduct).where(CodedProduct.hcpcs.in_(items)))
    return {(each.hcpcs, each.key): each.product for each in found}
