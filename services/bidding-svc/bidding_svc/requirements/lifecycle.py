from enum import StrEnum

from chassis.lifecycle import Lifecycle, Move

UPLOAD = "document.upload"
RESPOND = "notice.cdrd.respond"
WAIVE = "staff.requirement.edit"


class Need(StrEnum):
    """Where a requirement stands (domain/lifecycle.md 4.4, until its quality is judged).

    NOT_ASKED is what the forms do not call for as they stand now; NOT_APPLICABLE what CBIC waived.
    """

    REQUIRED = "REQUIRED"
    RECEIVED = "RECEIVED"
    NOT_ASKED = "NOT_ASKED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    MISSING_NOTIFIABLE = "MISSING_NOTIFIABLE"
    REQUESTED = "REQUESTED"
    RECEIVED_LATE_ALLOWED = "RECEIVED_LATE_ALLOWED"
    MISSING = "MISSING"
    CANCELLED = "CANCELLED"


NEED_NOT_BE_MET = frozenset({Need.NOT_ASKED, Need.NOT_APPLICABLE, Need.CANCELLED})

LIFECYCLE = Lifecycle(
    "document requirement",
    start=Need.REQUIRED,
    ends={Need.MISSING, Need.NOT_APPLICABLE, Need.CANCELLED},
    moves=[
        Move((Need.REQUIRED, Need.RECEIVED), "upload", Need.RECEIVED, by=UPLOAD, guard="received before the close"),
        Move(Need.REQUIRED, "meet by stand-ins", Need.RECEIVED, guard="all documents that stand in were received"),
        Move(Need.RECEIVED, "lose", Need.REQUIRED, guard="every file was rejected"),
        Move(Need.REQUIRED, "stop asking", Need.NOT_ASKED, guard="Form A or the bids do not call for it any more"),
        Move(Need.NOT_ASKED, "ask again", Need.REQUIRED, guard="Form A or the bids call for it again"),
        Move(
            (Need.REQUIRED, Need.NOT_ASKED),
            "waive",
            Need.NOT_APPLICABLE,
            by=WAIVE,
            guard="reason; a letter of the bidder is on file",
        ),
        Move(
            Need.REQUIRED,
            "miss with notice",
            Need.MISSING_NOTIFIABLE,
            guard="slot settled; covered document; bidder has the CDRD right",
        ),
        Move(Need.REQUIRED, "miss", Need.MISSING, guard="slot settled, otherwise", effects="bid incomplete"),
        Move(
            (Need.REQUIRED, Need.RECEIVED, Need.NOT_ASKED),
            "cancel",
            Need.CANCELLED,
            guard="the round was cancelled before the close",
        ),
        Move(
            Need.MISSING_NOTIFIABLE, "request", Need.REQUESTED, guard="notice issued", effects="a slot until it is due"
        ),
        Move(
            (Need.REQUESTED, Need.RECEIVED_LATE_ALLOWED),
            "upload",
            Need.RECEIVED_LATE_ALLOWED,
            by=RESPOND,
            guard="received before the notice is due",
        ),
        Move(Need.RECEIVED_LATE_ALLOWED, "lose", Need.REQUESTED, guard="every file was rejected"),
        Move(Need.REQUESTED, "miss", Need.MISSING, guard="slot of the notice settled", effects="bids removed"),
    ],
)
