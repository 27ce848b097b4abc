from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding_svc.form_b.bid import FormBNotReady
from bidding_svc.form_b.comparing import compare_bids
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.form_b.related import DeclaredLink, Relations, Told
from bidding_svc.form_b.views import read_bid
from chassis.actor import Actor
from chassis.database import Fence
from tests.bidding.house import BID_ANSWERS, House, codes, known, open_house

THRESHOLD = Decimal("0.05")
A, B, C, D = (UUID(int=number) for number in range(1, 5))
OWNERS = {str(number) * 10: bidder for number, bidder in enumerate((A, B, C, D), start=1)}
PTANS = {bidder: ptan for ptan, bidder in OWNERS.items()}


def link(one: UUID, other: UUID, share: str | None = "0.05", kind: str = "owns") -> DeclaredLink:
    return DeclaredLink(one, PTANS[other], kind, Decimal(share) if share else None)


def both_ways(one: UUID, other: UUID) -> list[DeclaredLink]:
    return [link(one, other), link(other, one)]


def relations(*links: DeclaredLink, groups=None, members=None) -> Relations:
    return Relations(OWNERS, groups or {}, members or {}, links, THRESHOLD)


@given(st.decimals("0", "1", places=6))
def test_a_share_binds_from_the_threshold_of_the_rule_set_on(share):
    assert link(A, B, str(share)).binds(THRESHOLD) == (share >= Decimal("0.05"))


@pytest.mark.parametrize("kind", ["officer", "director", "partner"])
def test_an_owner_in_a_leading_role_of_the_other_binds_whatever_the_share(kind):
    assert link(A, B, None, kind).binds(THRESHOLD)
    assert link(A, B, "0.01", kind).binds(THRESHOLD)


def test_a_tie_both_sides_declare_is_told_and_a_one_sided_one_is_for_the_evaluation():
    told, one_sided = relations(*both_ways(A, B)), relations(link(A, B))
    for bidder in (A, B):
        assert told.findings(bidder, [A, B]) == {"BID-05": Told.BIDDER}
        assert one_sided.findings(bidder, [A, B]) == {"BID-05": Told.EVALUATION}
        assert told.findings(bidder, [bidder, C]) == one_sided.findings(bidder, [bidder]) == {}


def test_a_tie_the_enrolment_record_knows_is_told_without_a_declaration():
    assert relations(groups={A: "Larkspur", C: "Larkspur"}).findings(C, [A]) == {"BID-05": Told.BIDDER}


def test_a_group_reaches_over_a_bidder_in_between():
    chain = relations(*both_ways(A, B), *both_ways(B, C), link(C, D))
    assert chain.findings(A, [C]) == {"BID-05": Told.BIDDER}
    assert chain.findings(A, [D]) == {"BID-05": Told.EVALUATION}


@given(st.lists(st.tuples(st.sampled_from([A, B, C, D]), st.sampled_from([A, B, C, D])), max_size=8))
def test_a_group_does_not_depend_on_the_order_of_what_was_declared(pairs):
    links = [link(one, other) for one, other in pairs]
    forward, backward = relations(*links), relations(*reversed(links))
    for one in OWNERS.values():
        assert forward.findings(one, OWNERS.values()) == backward.findings(one, OWNERS.values())
        for other in OWNERS.values():
            assert forward.findings(one, [other]) == forward.findings(other, [one])


def test_a_member_that_bids_beside_its_network_is_told_and_the_network_is_not():
    network = relations(members={A: frozenset({PTANS[B]})})
    assert network.findings(B, [A, B]) == {"BID-09": Told.BIDDER}
    assert network.findings(A, [A, B]) == {"BID-09": Told.EVALUATION}
    assert network.findings(B, [C]) == {}


def test_two_networks_with_one_member_are_found_by_the_evaluation():
    networks = relations(members={A: frozenset({PTANS[C]}), B: frozenset({PTANS[C], PTANS[D]})})
    assert networks.findings(A, [B]) == networks.findings(B, [A]) == {"BID-09": Told.EVALUATION}


async def compare(house: House) -> int:
    async with house.database.writing(Fence.system(), Actor.system("test")) as session:
        return await compare_bids(session, session.at, 100)


async def told(house: House, bid_id: UUID) -> list[str]:
    actor = Actor("person", "DWHITLOCK01", organization_id=house.organization_id)
    async with house.reading() as session:
        return codes(known((await read_bid(session, actor, bid_id)).problems))


async def link_to(house: House, other: House) -> None:
    link = {"name": "The other one", "ptan": other.ptan, "kind": "owns", "share": "40"}
    await house.edit_entry("links", f"to-{other.ptan}", link)


@pytest.mark.database
async def test_of_two_related_bidders_the_second_cannot_certify_until_the_first_withdraws(bidding):
    first, second = await open_house(bidding, "9000000001"), await open_house(bidding, "9000000002")
    await link_to(first, second)
    await link_to(second, first)
    first_bid = await first.submitted_bid()
    await second.fill_form_a()
    await second.approve()
    bid_id = await second.begin_bid()
    await second.edit_bid(bid_id, BID_ANSWERS)
    assert await compare(first) == 1
    assert await told(second, bid_id) == ["BID-05"]
    with pytest.raises(FormBNotReady):
        await second.certify(bid_id)
    await first.withdraw(first_bid)
    assert await compare(first) == 1
    assert await told(second, bid_id) == []
    assert (await second.certify(bid_id)).state is BidState.SUBMITTED


@pytest.mark.database
async def test_two_that_certified_at_once_are_both_told_and_one_sided_claims_tell_nobody(bidding):
    first, second = await open_house(bidding, "9000000001"), await open_house(bidding, "9000000002")
    bids = {house: await house.submitted_bid() for house in (first, second)}
    await link_to(first, second)
    assert await compare(first) == 1
    assert [await told(house, bid_id) for house, bid_id in bids.items()] == [[], []]
    await link_to(second, first)
    assert await compare(first) == 1
    assert [await told(house, bid_id) for house, bid_id in bids.items()] == [["BID-05"], ["BID-05"]]
    assert await compare(first) == 0


@pytest.mark.database
async def test_a_member_hears_that_its_network_bids_and_may_still_certify(bidding):
    network, member = await open_house(bidding, "9000000001"), await open_house(bidding, "9000000002")
    await network.submitted_bid()
    await network.edit("business", {"bidding_as": "network"})
    await network.edit_entry("members", member.ptan, {"name": "The member"})
    bid_id = await member.submitted_bid()
    await compare(member)
    async with member.reading() as session:
        view = await read_bid(session, Actor("person", "U", organization_id=member.organization_id), bid_id)
    assert [(problem.code, problem.weight) for problem in known(view.problems)] == [("BID-09", "warning")]
    assert view.state is BidState.SUBMITTED
