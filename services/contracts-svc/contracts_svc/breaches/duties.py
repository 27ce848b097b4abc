"""Who may not do what in a case, because of what the same person did before (domain/roles.md 3)."""

from chassis.duties import AnotherPersonThan, Stranger

ISSUER_IS_NOT_RECOMMENDER = AnotherPersonThan(
    "breach.recommend",
    sentence="You recommended this notice. Somebody else must issue it.",
)
PLAN_DECIDER_IS_NOT_RECOMMENDER = AnotherPersonThan(
    "breach.recommend-plan",
    sentence="You recommended what to decide about this plan. Somebody else must decide it.",
)
DECIDER_IS_NOT_RECOMMENDER = AnotherPersonThan(
    "breach.recommend",
    "breach.recommend-to-cms",
    sentence="You recommended in this case. Somebody else must decide it.",
)
HEARING_OFFICER_IS_A_STRANGER = Stranger(
    "You worked on this case before the hearing was asked for. Another hearing officer must hear it.",
)
