"""The composition root of bidding-svc: names the slices, and what each says to the doors."""

from bidding_svc.awards import edge as awards_edge
from bidding_svc.awards.issuing import issue_offers
from bidding_svc.awards.reinstating import array_reinstated
from bidding_svc.bidders import worker as bidders_worker
from bidding_svc.bonds import edge as bonds_edge
from bidding_svc.bonds.opening import open_bonds
from bidding_svc.bonds.settling import start_clocks, warn_of_returns
from bidding_svc.dbids import edge as dbids_edge
from bidding_svc.dbids import worker as dbids_worker
from bidding_svc.disqualification.opening import open_disqualifications
from bidding_svc.enrolment import worker as enrolment_worker
from bidding_svc.evaluation import edge as evaluation_edge
from bidding_svc.evaluation import worker as evaluation_worker
from bidding_svc.evaluation.following import follow_bids, follow_competitions
from bidding_svc.evaluation.running import go_on
from bidding_svc.evaluation.use_cases import mark_stale
from bidding_svc.form_a import edge as form_a_edge
from bidding_svc.form_a.use_cases import lock_closed_forms
from bidding_svc.form_b import edge as form_b_edge
from bidding_svc.form_b.comparing import compare_bids
from bidding_svc.form_b.use_cases import close_bids, remove_bids
from bidding_svc.imports import edge as imports_edge
from bidding_svc.inquiries import edge as inquiries_edge
from bidding_svc.inquiries import worker as inquiries_worker
from bidding_svc.inquiries.use_cases import take_up_inquiries
from bidding_svc.offers import edge as offers_edge
from bidding_svc.offers import worker as offers_worker
from bidding_svc.offers.use_cases import award_signed, settle_due, take_back_removed
from bidding_svc.preclusions import worker as preclusions_worker
from bidding_svc.prices import edge as prices_edge
from bidding_svc.requirements import edge as requirements_edge
from bidding_svc.requirements import worker as requirements_worker
from bidding_svc.requirements.following import ask_for_bonds
from bidding_svc.requirements.rescheduling import ask_again, close_cancelled
from bidding_svc.reviews import edge as reviews_edge
from bidding_svc.reviews import worker as reviews_worker
from bidding_svc.reviews.answers import close_answers
from bidding_svc.reviews.bona_fide.opening import screen_amounts
from bidding_svc.reviews.bonds.opening import open_bond_reviews
from bidding_svc.reviews.cdrd import worker as cdrd_worker
from bidding_svc.reviews.cdrd.opening import open_cdrd
from bidding_svc.reviews.completeness.opening import open_completeness
from bidding_svc.reviews.pbe.opening import open_pbe
from bidding_svc.reviews.recheck.opening import open_rechecks
from bidding_svc.rounds import edge as rounds_edge
from bidding_svc.rounds import set_up_edge, watch_edge
from bidding_svc.rounds.progress import count_progress
from bidding_svc.rounds.use_cases.moving import (
    bring_extensions_into_force,
    move_due_rounds,
    remove_cancelled_competitions,
    tell_closings,
)
from bidding_svc.scores import edge as scores_edge
from bidding_svc.status import edge as status_edge
from chassis.platform_events import hears_keys_and_revocations
from chassis.service import Service
from chassis.sweeps import Sweep

SERVICE = Service(
    name="bidding",
    package="bidding_svc",
    routers=[
        rounds_edge.router,
        rounds_edge.rule_sets,
        set_up_edge.set_ups,
        watch_edge.router,
        imports_edge.router,
        dbids_edge.router,
        prices_edge.router,
        requirements_edge.router,
        form_a_edge.router,
        form_b_edge.fields_router,
        scores_edge.router,
        evaluation_edge.router,
        awards_edge.router,
        offers_edge.router,
        offers_edge.staff_router,
        status_edge.router,  # before the bids, whose ids stand in the same place
        form_b_edge.router,
        bonds_edge.router,
        reviews_edge.router,
        inquiries_edge.router,
        inquiries_edge.of_a_case,
    ],
    hears=[
        enrolment_worker.hears,
        dbids_worker.hears,
        bidders_worker.hears,
        requirements_worker.hears,
        evaluation_worker.hears,
        offers_worker.hears,
        reviews_worker.hears,
        cdrd_worker.hears,
        inquiries_worker.hears,
        preclusions_worker.hears,
        hears_keys_and_revocations("bidding"),
    ],
    sweeps=[
        Sweep("rounds move by their calendar", 5, move_due_rounds),
        Sweep("upload slots are asked for again when dates changed", 1, ask_again, limit=500),
        Sweep("extensions come into force", 1, bring_extensions_into_force),
        Sweep("rounds tell on which days offices are closed", 5, tell_closings),
        Sweep("bonds are asked for bids that were begun before", 60, ask_for_bonds),
        Sweep("upload slots of cancelled rounds are closed", 5, close_cancelled, limit=500),
        Sweep("competitions of cancelled rounds are removed", 5, remove_cancelled_competitions, limit=500),
        Sweep("bids go with competitions that were removed", 5, remove_bids, limit=500),
        Sweep("how far the bidders of a round are is counted", 5, count_progress),
        Sweep("Form A is locked at the close", 5, lock_closed_forms),
        Sweep("bids of a competition are compared", 5, compare_bids),
        Sweep("evaluations go on", 1, go_on, limit=100),
        Sweep("evaluations whose inputs changed are stale", 60, mark_stale, limit=5),
        Sweep("bids follow a released evaluation", 5, follow_bids),
        Sweep("competitions follow a released evaluation", 5, follow_competitions),
        Sweep("offers of a released award go out", 1, issue_offers),
        Sweep("offers come due", 1, settle_due),
        Sweep("offers go with competitions that were removed", 5, take_back_removed),
        Sweep("competitions are awarded once a contract is signed", 5, award_signed),
        Sweep("bids that came back are arrayed", 5, array_reinstated),
        Sweep("bids are received or left incomplete at the close", 5, close_bids),
        Sweep("completeness of bids is reviewed once slots are settled", 5, open_completeness, limit=500),
        Sweep("bonds that were sent are opened once slots are settled", 5, open_bonds, limit=500),
        Sweep("bonds are reviewed once they are opened", 5, open_bond_reviews, limit=500),
        Sweep("bonds are told when they are due to be returned", 5, start_clocks, limit=500),
        Sweep("bonds not returned yet are warned of", 60, warn_of_returns, limit=500),
        Sweep("missing covered documents are to be told", 5, open_cdrd, limit=500),
        Sweep("lead item amounts of a round are screened once every bid is closed", 5, screen_amounts),
        Sweep("bids are checked as of the close once earlier reviews are decided", 5, open_pbe, limit=200),
        Sweep("licenses of winning bids are checked again before the offers", 5, open_rechecks, limit=200),
        Sweep("disqualified bids are to be told once every bid is judged", 5, open_disqualifications, limit=500),
        Sweep("inquiries are taken up once nothing can be added", 5, take_up_inquiries),
        Sweep("answered reviews go back to their analysts", 5, close_answers),
    ],
)
