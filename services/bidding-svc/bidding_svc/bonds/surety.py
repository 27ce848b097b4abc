from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base


class Surety(Base):
    """A company on the Treasury's list of certified sureties, by its number of the NAIC and its name there.

    42 CFR 414.412(g)(1). While no list was imported, nobody can tell who is certified.
    """

    __tablename__ = "surety"

    naic: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    certified: Mapped[bool] = mapped_column(comment="false: taken off the list")
