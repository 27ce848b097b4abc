"""Breach cases: their states and dates, the actions of their notices, what was sent and written in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table

revision = "0015"
down_revision = "0014"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "breach_case",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("serial", sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("contract_id", sa.Uuid, sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("contract_number", sa.Text, nullable=False),
        sa.Column("legal_business_name", sa.Text, nullable=False),
        sa.Column("round_code", sa.Text, nullable=False),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("row_version", sa.BigInteger, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column(
            "clock_at",
            TIME,
            nullable=False,
            comment="until when the next step should be taken, or since when it waits",
        ),
        sa.Column("acts_at", TIME, comment="when the calendar moves it next"),
        sa.Column("slot_id", sa.Uuid),
        sa.Column("slot_label", sa.Text, nullable=False),
        sa.Column("slot_until", TIME),
        *_of_the_notice(),
        *_of_the_plan(),
        *_of_the_hearing(),
        *_of_the_outcome(),
    )
    told, acts = sa.text("told_at is not null"), sa.text("acts_at is not null")
    op.create_index("breach_case_mine_idx", "breach_case", ["organization_id", "id"], postgresql_where=told)
    op.create_index("breach_case_work_idx", "breach_case", ["clock_at", "id"])
    op.create_index("breach_case_state_idx", "breach_case", ["state", "clock_at", "id"])
    op.create_index("breach_case_contract_idx", "breach_case", ["contract_id", "state"])
    op.create_index("breach_case_acts_idx", "breach_case", ["acts_at"], postgresql_where=acts)
    fence_table(op, "contracts", "breach_case", staff="select, insert, update")
    op.create_table(
        "breach_action",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("breach_case.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False, comment="its place among the actions of the notice"),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("precluded_from", sa.Text),
        sa.Column("recommended", sa.Boolean, comment="after a hearing: whether it should apply"),
        sa.Column("recommended_because", sa.Text, nullable=False),
        sa.Column("applies", sa.Boolean, comment="null: not decided"),
        sa.Column("decided_because", sa.Text, nullable=False),
        sa.Column("effective_on", sa.Date, comment="null: not known yet"),
        sa.Column("acts_at", TIME, comment="when it takes effect; null: it waits, or has been done"),
        sa.Column("done_at", TIME),
        sa.Column(
            "outcome", sa.Text, nullable=False, comment="in-effect, or overtaken: there was nothing left to do it to"
        ),
    )
    op.create_index("breach_action_case_id_idx", "breach_action", ["case_id"])
    fence_table(op, "contracts", "breach_action", org="select", staff="select, insert, update, delete")
    op.create_table(
        "breach_paper",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("breach_case.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("files", postgresql.JSONB, nullable=False, comment="as their receipts tell them"),
        sa.Column("written_at", TIME, nullable=False),
        sa.Column("written_by", sa.Text, nullable=False),
    )
    op.create_index("breach_paper_case_idx", "breach_paper", ["case_id", "written_at", "id"])
    fence_table(op, "contracts", "breach_paper", org="select, insert", staff="select, insert")


def _of_the_notice() -> list[sa.Column[object]]:
    return [
        sa.Column("deviations", postgresql.JSONB, nullable=False, comment="what deviates from the contract, in words"),
        sa.Column("suspicions", postgresql.JSONB, nullable=False, comment="what pointed to it, each once"),
        sa.Column("recommended_by", sa.Uuid, comment="the person who recommended the notice"),
        sa.Column("notice_id", sa.Uuid, comment="the latest notice of the case"),
        sa.Column("noticed_on", sa.Date, comment="the date on the latest breach notice; null: none yet"),
        sa.Column("notice_told_at", TIME, comment="when notices-svc issued the breach notice"),
        sa.Column("told_at", TIME, comment="since when the supplier knows of the case"),
        sa.Column("notices", sa.BigInteger, nullable=False, comment="breach notices so far"),
        sa.Column("cap_allowed", sa.Boolean, nullable=False, comment="whether a corrective action plan may be sent"),
        sa.Column("barred_check", sa.Text, nullable=False, comment="how it was checked that a plan is not barred"),
        sa.Column("named_on", sa.Date, comment="the effective date a notice names; null: day 45"),
        sa.Column("plan_by", TIME),
        sa.Column("hearing_by", TIME),
        sa.Column("effect_on", sa.Date),
    ]


def _of_the_plan() -> list[sa.Column[object]]:
    return [
        sa.Column("finish_on", sa.Date, comment="when the plan will be fully carried out"),
        sa.Column("revised", sa.Boolean, nullable=False, comment="whether this plan was returned once"),
        sa.Column("revise_by", TIME),
        sa.Column("revision_missed", sa.Boolean, nullable=False),
        sa.Column("plan_recommendation", sa.Text, comment="accept or refuse"),
        sa.Column("plan_recommended_by", sa.Uuid),
        sa.Column("report_by", TIME),
        sa.Column("reported_at", TIME),
        sa.Column("report_missed", sa.Boolean, nullable=False),
    ]


def _of_the_hearing() -> list[sa.Column[object]]:
    return [
        sa.Column("hearing_asked_at", TIME),
        sa.Column("contact_by", TIME),
        sa.Column("scheduled_at", TIME),
        sa.Column("held_at", TIME, comment="when the hearing begins, as told"),
        sa.Column("held_by", sa.Text, comment="in-person or telephone"),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("cms_evidence_by", TIME),
        sa.Column("share_by", TIME),
        sa.Column("shared_at", TIME),
        sa.Column("evidence_until", TIME, comment="further evidence of the supplier is permitted"),
        sa.Column("closed_on", sa.Date, comment="the day the hearing closed"),
        sa.Column("recommend_by", TIME),
        sa.Column("hearing_recommended_by", sa.Uuid),
    ]


def _of_the_outcome() -> list[sa.Column[object]]:
    return [
        sa.Column("decide_by", TIME),
        sa.Column("decided_at", TIME),
        sa.Column("proof_by", TIME, comment="until when beneficiaries are told, and it is proved"),
        sa.Column("proved_at", TIME),
        sa.Column("proof_missed", sa.Boolean, nullable=False),
    ]
