"""Notices with more rows than one record takes: every competition of a round, in parts, once, by page and on paper."""

import pytest

from chassis.ids import new_id
from events.bidding import NoticePartPrepared
from events.notice_fields import Competition, PbeCheck, PbeFields, PbeFinding, PbeRow
from notices_svc.notices.lifecycle import NoticeState
from notices_svc.notices.rows import A_PAGE, PartsMissing
from notices_svc.notices.use_cases import answering
from notices_svc.notices.views import html_of, read_notice
from tests.notices.house import ISSUED, requested

pytestmark = pytest.mark.database
COMPETITIONS = 2080
"""130 areas with 16 product categories: every competition of Round 2021."""
A_PART = 500
MOST_BYTES = 1024 * 1024
CHECKS = tuple(PbeCheck(check=code, label=code) for code in ("bid-complete", "bond-present", "accredited", "licensed"))


def row(number):
    return PbeRow(
        competition=Competition(category_code="OTSK", cba_code=f"area-{number}", label=f"Knee braces, area {number}"),
        ptan="1234567890",
        met=("bid-complete", "bond-present"),
        not_verified=tuple(
            PbeFinding(
                check=check, explanation="The record as of the close of the window does not show that it was met."
            )
            for check in ("accredited", "licensed")
        ),
    )


def fields(first):
    rows = tuple(row(number) for number in range(first, min(first + A_PART, COMPETITIONS)))
    return PbeFields(bidder_number="1000234", closed_at=ISSUED, checks=CHECKS, rows=rows)


def the_request():
    """The request, and the parts that are said before it."""
    content, *further = (fields(first) for first in range(0, COMPETITIONS, A_PART))
    asked = requested(content, notice_id=new_id(), parts=1 + len(further), slots=())
    about = {"notice_id": asked.notice_id, "organization_id": asked.organization_id}
    return asked, [NoticePartPrepared(**about, part=part, fields=more) for part, more in enumerate(further, 2)]


async def test_every_competition_of_a_round_is_told_once_by_page_and_on_paper(house):
    asked, parts = the_request()
    for part in parts:
        assert len(part.body()) < MOST_BYTES
        await house.hear(part)
    await house.issue(asked)
    official = house.official(asked)
    async with house.writing(official) as session:
        await answering.open_notice(session, asked.notice_id)
    seen = []
    for first in range(0, COMPETITIONS, A_PAGE):
        async with house.reading(official) as session:
            shown = await read_notice(session, official, asked.notice_id, ISSUED, first_row=first)
        assert (shown.rows, shown.first_row) == (COMPETITIONS, first)
        seen += [n for n in range(first, min(first + A_PAGE, COMPETITIONS)) if f"area {n}<" in shown.html]
        assert f"area {first + A_PAGE}<" not in shown.html
    assert seen == list(range(COMPETITIONS))
    on_paper = html_of(await house.kept(asked.notice_id))
    assert on_paper.count("<tr>") == 1 + COMPETITIONS * len(CHECKS)


async def test_asked_again_its_rows_are_replaced_and_none_stands_twice(house):
    asked, parts = the_request()
    for _ in range(2):
        for part in parts:
            await house.hear(part)
        await house.hear(asked)
    kept = await house.kept(asked.notice_id)
    assert kept.state is NoticeState.IN_REVIEW
    assert len(kept.content.rows) == COMPETITIONS


async def test_without_all_of_its_parts_a_notice_is_not_drafted(house):
    asked, parts = the_request()
    await house.hear(parts[0])
    with pytest.raises(PartsMissing):
        await house.hear(asked)
