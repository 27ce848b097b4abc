"""A small gateway that answers like the API: what the portal's tests and a designer at work run against.

It keeps its state in memory, counts what it was asked, and can be told to fail. It knows no rules: those are tested
where they live. That its answers are such as the services give is checked after every test, against the services' own
OpenAPI documents (`tests/compatibility/published_api.py`).
"""

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.types import ASGIApp

from fake_gateway.answering import Json, token
from fake_gateway.bids import Bids
from fake_gateway.bonds import Bonds
from fake_gateway.chats import Chats
from fake_gateway.contracts import Contracts
from fake_gateway.documents import Documents
from fake_gateway.evaluations import Evaluations
from fake_gateway.form_c_work import FormCWork
from fake_gateway.help_desk import HelpDesk
from fake_gateway.inquiries import Inquiries
from fake_gateway.notice_desk import NoticeDesk
from fake_gateway.offers import Offers
from fake_gateway.people import ORGANIZATION, OTHER_ORGANIZATION
from fake_gateway.records import Records
from fake_gateway.reviews import Reviews
from fake_gateway.round_desk import RoundDesk
from fake_gateway.rounds import SLOT
from fake_gateway.scores import Scores
from fake_gateway.subcontracting import Subcontracting
from fake_gateway.transfers import Transfers

__all__ = ["ORGANIZATION", "OTHER_ORGANIZATION", "SLOT", "FakeGateway", "Json", "token"]


@dataclass
class FakeGateway(
    Documents,
    Bids,
    Bonds,
    Reviews,
    Scores,
    Evaluations,
    Inquiries,
    NoticeDesk,
    HelpDesk,
    Chats,
    RoundDesk,
    Contracts,
    Offers,
    FormCWork,
    Subcontracting,
    Records,
    Transfers,
):
    """The state behind the API; tests change it before they ask."""

    def app(self) -> ASGIApp:
        """The API as an ASGI application."""
        parts = [
            self.score_routes(),
            self.evaluation_routes(),
            self.offer_routes(),
        ]  # before the acts on rounds, which take any name
        parts += [self.person_routes(), self.session_routes(), self.member_routes(), self.help_desk_routes()]
        parts += [self.bidding_routes(), self.form_routes(), self.bid_routes(), self.notice_routes()]
        parts += [self.document_routes(), self.review_routes(), self.desk_routes(), self.round_desk_routes()]
        parts += [self.inquiry_routes(), self.contract_routes(), self.bond_routes()]
        parts += [self.form_c_routes(), self.form_c_work_routes()]
        parts += [self.subcontract_routes(), self.record_routes(), self.transfer_routes()]
        parts += [self.chat_routes()]
        return self.watched(Starlette(routes=[route for part in parts for route in part]))
