"""Which pages a person finds in the menu. Order is the design's; an item shows to who may use it."""

from typing import NamedTuple


class Item(NamedTuple):
    """One menu item; drawn only for who holds one of its permissions, or for everybody."""

    label: str
    address: str
    permissions: frozenset[str] = frozenset()
    about: str = ""
    """What one does there, in a sentence; staff find their work by it."""


Menu = list[tuple[str, list[Item]]]
"""Groups, each with its title; the first has none."""

NOTICES = frozenset(
    f"notice.{kind}.view" for kind in ("cdrd", "bfb", "pbe", "disqualification", "inquiry_result", "bond_return")
)
ROLES = Item("Your roles", "/role-requests/mine")
SESSIONS = Item("Your sessions", "/sessions")
SUPPLIER: Menu = [
    (
        "",
        [
            Item("Home", "/home"),
            Item("To-Do list", "/todo", frozenset({"todo.view"})),
            Item("Notices", "/notices", NOTICES),
        ],
    ),
    (
        "Bidding and contracting",
        [
            Item("Bid status", "/bid-status", frozenset({"bid.view"})),
            Item("Form A", "/form-a", frozenset({"bid.view"})),
            Item("Form B", "/bids", frozenset({"bid.view"})),
            Item("Bid surety bonds", "/bonds", frozenset({"requirement.view"})),
            Item("Document Center", "/documents", frozenset({"document.view", "document.upload"})),
            Item("Contract offers", "/offers", frozenset({"offer.view"})),
            Item("My Bidding Results", "/bidding-results", frozenset({"offer.view"})),
            Item("My Current Contract", "/contracts", frozenset({"contract.view"})),
            Item("Location changes", "/location-changes", frozenset({"location_change.view"})),
            Item("Contract transfers", "/transfers", frozenset({"transfer.view"})),
            Item("Form C", "/form-c", frozenset({"form_c.view"})),
            Item("Subcontractors", "/subcontracts", frozenset({"subcontract.submit"})),
            Item("Financial scoring summary", "/financial-summary", frozenset({"financial_summary.view"})),
        ],
    ),
    (
        "Records",
        [
            Item("Receipts", "/receipts", frozenset({"document.view"})),
            Item("Recent activity", "/activity", frozenset({"activity.view"})),
            Item("People and access", "/organization", frozenset({"member.view"})),
        ],
    ),
    ("Your account", [ROLES, SESSIONS]),
]
NEWCOMER: Menu = [("", [Item("Ask for a role", "/register"), ROLES]), ("Your account", [SESSIONS])]
STAFF: Menu = [
    (
        "",
        [
            Item(
                "Rounds",
                "/staff/rounds",
                frozenset({"staff.round.watch"}),
                "See who registered and how far a bid window is; set rounds up, where your role does.",
            ),
            Item(
                "Reviews",
                "/reviews",
                frozenset({"staff.review.view"}),
                "Look at what was proposed about bids after the close, recommend, approve.",
            ),
            Item(
                "Financial scores",
                "/staff/scores",
                frozenset({"staff.financial_score.view"}),
                "Key statement figures beside the documents, check them, score a round; see how a score is made.",
            ),
            Item(
                "Evaluation",
                "/staff/evaluations",
                frozenset({"staff.pricing.view", "staff.reference.manage"}),
                "Evaluate a round, follow each competition from its bids to its payment amount, check and release.",
            ),
            Item(
                "Bid surety bonds",
                "/staff/bonds",
                frozenset({"staff.bond.view"}),
                "Key in what a bond says, return it, decide a forfeiture.",
            ),
            Item(
                "Certified sureties",
                "/staff/sureties",
                frozenset({"staff.reference.manage"}),
                "Bring in the Treasury’s list, by which bid surety bonds are checked.",
            ),
            Item(
                "Notice desk",
                "/notice-desk",
                frozenset({"staff.notice.view"}),
                "Look at drafted notices, release them, and let them go out.",
            ),
            Item(
                "Awards",
                "/staff/awards",
                frozenset({"staff.offer.view"}),
                "Prepare who is offered a contract, read it as a dry run, release it.",
            ),
            Item(
                "Contracts",
                "/staff/contracts",
                frozenset({"staff.contract.view"}),
                "Send contracts for signature, sign them, and see what each says.",
            ),
            Item(
                "Location requests",
                "/staff/location-changes",
                frozenset({"staff.location_change.view"}),
                "Review what suppliers ask to change about their locations, recommend, decide.",
            ),
            Item(
                "Subcontractors",
                "/staff/subcontracts",
                frozenset({"staff.subcontract.view"}),
                "Review what suppliers disclose of their subcontractors: checks, questions, decisions.",
            ),
            Item(
                "Contract transfers",
                "/staff/transfers",
                frozenset({"staff.transfer.view"}),
                "Review packages of both sides, recommend, decide, sign the novation.",
            ),
            Item(
                "Form C",
                "/staff/form-c",
                frozenset({"staff.form_c.view"}),
                "Follow up reports, screen added products, bring the product list in.",
            ),
            Item(
                "Help desk",
                "/help-desk",
                frozenset({"staff.ticket.work"}),
                "Find people, and work on their tickets.",
            ),
            Item(
                "Records and holds",
                "/staff/records",
                frozenset({"staff.records.view"}),
                "See what the records schedule lets go, place legal holds, decide what is erased.",
            ),
            Item(
                "Chat desk",
                "/staff/chats",
                frozenset({"staff.chat.answer", "staff.chat.view"}),
                "Answer chats, hand them over, read what was said.",
            ),
            Item("Who may do what", "/roles"),
            SESSIONS,
        ],
    )
]


def visible(menu: Menu, permissions: frozenset[str]) -> Menu:
    """Return what a person with these permissions may see; a group with no item is not drawn."""
    groups = [
        (title, [item for item in items if not item.permissions or item.permissions & permissions])
        for title, items in menu
    ]
    return [(title, items) for title, items in groups if items]


def current(menu: Menu, path: str) -> str:
    """Return the address of the item that the page at `path` belongs to."""
    addresses = [item.address for _, items in menu for item in items]
    above = [address for address in addresses if path == address or path.startswith(f"{address}/")]
    return max(above, key=len, default="")
