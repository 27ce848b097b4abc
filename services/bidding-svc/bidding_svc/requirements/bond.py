"""The bid surety bond as a document asked for: one for each area (domain/documents.md 6; 42 CFR 414.412(g))."""

from collections.abc import Collection

from bidding_svc.requirements.asked import BOND, Asked
from bidding_svc.rounds.round import Round


def bond_cents(round_: Round, categories: Collection[str]) -> int:
    """Return what the bond of an area is for, in cents, of a bidder with bids in these categories there.

    One bond covers every category bid on in the area, so where remote item delivery asks for more, that counts.
    """
    remote = round_.rules.remote_item
    ordinary = round_.rules.bond.amount
    if remote is None or remote.bond is None:
        return ordinary
    delivered = {each.code for each in round_.categories if each.remote_item}
    amounts = {remote.bond.amount if code in delivered else ordinary for code in categories}
    return max(amounts, default=ordinary)


def bond_asked(round_: Round, cba_code: str, categories: Collection[str]) -> Asked:
    """Return the bond that is asked for in an area. It is no covered document: no notice asks for a missing one."""
    area = next(each.name for each in round_.cbas if each.code == cba_code)
    dollars = f"${bond_cents(round_, categories) // 100:,}.00"
    return Asked(
        BOND,
        f"Bid surety bond: {area}",
        f"For {dollars}, from a surety on the Treasury's list, for every category you bid on in this area. "
        "Send every page that shows the principal, the surety, the bond number, the date and the amount.",
        covered=False,
        cba_code=cba_code,
    )
