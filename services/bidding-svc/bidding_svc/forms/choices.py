"""The lists that fields choose from, as one round has them."""

from bidding_svc.forms.field import Option, Source
from bidding_svc.forms.reading import Choices
from bidding_svc.rounds.round import Round

STATES = (
    *("AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY"),
    *("LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH"),
    *("OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "AS", "GU", "MP"),
    *("PR", "VI"),
)


def choices_of(round_: Round) -> Choices:
    """Return the categories of a round that are still in it, and the states."""
    return {
        Source.CATEGORIES: tuple(Option(each.code, each.name) for each in round_.categories if each.removed_on is None),
        Source.STATES: tuple(Option(code, code) for code in STATES),
    }
