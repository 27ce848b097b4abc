from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import program_time
from fake_gateway.answering import Json, found, problem
from fake_gateway.members import Members

DESK_PERMISSIONS = ("staff.ticket.work", "staff.person.find")
WITH_TICKET = (
    "staff.person.view",
    "staff.member.unlock",
    "staff.member.lock",
    "staff.member.change_role",
    "staff.member.remove",
)
LINE = ("id", "number", "topic", "state", "opened_at", "person", "organization", "taken_by")


@dataclass
class HelpDesk(Members):
    """identity-adapter: people as the help desk sees them, and its tickets."""

    people: list[Json] = field(default_factory=list)
    tickets: list[Json] = field(default_factory=list)
    mail_troubles: list[Json] = field(default_factory=list)

    def become_help_desk(self) -> None:
        """Let a customer service representative be signed in."""
        self.user_id, self.name = "robin.adler", "Robin Adler"
        self.become("staff", "CUSTOMER_SERVICE", DESK_PERMISSIONS)

    def person(self, *roles: Json, **other: Any) -> Json:
        """Somebody with these roles (`desk_role`), as a person's page has it."""
        return {
            "id": str(uuid4()),
            "user_id": "priya.natarajan",
            "name": "Priya Natarajan",
            "roles": list(roles),
            **other,
        }

    def desk_role(self, role: str = "EU", **other: Any) -> Json:
        organization = {"id": str(uuid4()), "name": "Larkspur Sample Medical, LLC", "ptan": "9000000001"}
        asked = (program_time.now() - timedelta(days=91)).isoformat()
        about = {"organization": organization, "requested_at": asked, "due_at": None}
        return {**self.member(role, allowed_actions=["lock", "change role", "remove"]), **about, **other}

    def ticket(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "number": f"HD-{len(self.tickets) + 123:06d}",
            "topic": "sign-in",
            "state": "OPEN",
            "opened_at": program_time.now().isoformat(),
            "person": None,
            "organization": None,
            "taken_by": None,
            "summary": "Cannot use the portal since this morning.",
            "opened_by": "Robin Adler",
            "in_my_hand": False,
            "closed_at": None,
            "outcome": None,
            "notes": [],
            "allowed_actions": ["take", "note", "close"],
            **other,
        }

    def take(self, ticket: Json) -> None:
        """Put a ticket in the hand of whoever is signed in."""
        ticket |= {"state": "IN_HAND", "in_my_hand": True, "taken_by": self.name}
        ticket["allowed_actions"] = ["put down", "note", "close"]
        self.ticket_in_hand = ticket["id"]
        self.permissions = (*DESK_PERMISSIONS, *WITH_TICKET)

    def mail_trouble(self, **other: Any) -> Json:
        """An e-mail that the mail server refused."""
        whom = {"organization_id": str(uuid4()), "organization": "Larkspur Sample Medical, LLC"}
        told = {"id": str(uuid4()), "person_id": str(uuid4()), "state": "REFUSED", "tries": 1, "problem": "550"}
        return whom | told | {"queued_at": program_time.now().isoformat(), **other}

    def help_desk_routes(self) -> list[Route]:
        tickets, mail = "/api/identity/tickets", "/api/notices/mail-troubles"
        return [
            Route(mail, self.answered(self.listed(lambda _: self.mail_troubles))),
            Route(f"{mail}/{{id}}/settlement", self.answered(self._settle_mail), methods=["POST"]),
            Route("/api/identity/people", self.answered(self.listed(self._search))),
            Route("/api/identity/people/{id}", self.answered(self._person)),
            Route(tickets, self.answered(self.listed(lambda _: self._lines())), methods=["GET"]),
            Route(tickets, self.answered(self._open), methods=["POST"]),
            Route(f"{tickets}/{{id}}", self.answered(self._ticket)),
            Route(f"{tickets}/{{id}}/{{act}}", self.answered(self._act_on_ticket), methods=["POST"]),
        ]

    async def _settle_mail(self, request: Request) -> Response:
        trouble = found(self.mail_troubles, request)
        if trouble is None:
            return problem(404)
        self.mail_troubles.remove(trouble)
        return JSONResponse(trouble | {"state": "SETTLED"})

    def _search(self, request: Request) -> list[Json]:
        typed = request.query_params["search"].lower()
        fitting = [one for one in self.people if typed in f"{one['user_id']} {one['name']}".lower()]
        return [
            {
                **{name: one[name] for name in ("id", "user_id", "name")},
                "roles": [{"organization": role["organization"], "state": role["state"]} for role in one["roles"]],
            }
            for one in fitting
        ]

    async def _person(self, request: Request) -> Response:
        if "staff.person.view" not in self.permissions:
            return problem(403, detail="Take a ticket in hand first.")
        person = found(self.people, request)
        return JSONResponse(person) if person else problem(404)

    def _lines(self) -> list[Json]:
        return [{name: one[name] for name in LINE} for one in self.tickets]

    async def _open(self, request: Request) -> Response:
        told = await request.json()
        about = next((one for one in self.people if one["id"] == told.get("person_id")), None)
        person = {"id": about["id"], "name": about["name"]} if about else None
        opened = self.ticket(topic=told["topic"], summary=told["summary"], person=person)
        self.tickets.insert(0, opened)
        return JSONResponse(opened, 201)

    async def _ticket(self, request: Request) -> Response:
        ticket = found(self.tickets, request)
        return JSONResponse(ticket) if ticket else problem(404)

    async def _act_on_ticket(self, request: Request) -> Response:
        ticket = found(self.tickets, request)
        if ticket is None:
            return problem(404)
        match request.path_params["act"]:
            case "taking":
                self.take(ticket)
            case "putting-down":
                self._let_go(ticket, state="OPEN", allowed_actions=["take", "note", "close"])
            case "closure":
                outcome = (await request.json())["outcome"]
                self._let_go(ticket, state="CLOSED", outcome=outcome, allowed_actions=[])
            case "notes":
                text = (await request.json())["text"]
                ticket["notes"].append({"at": program_time.now().isoformat(), "by": self.name, "text": text})
        return self.hand_token(JSONResponse(ticket))

    def _let_go(self, ticket: Json, **now: Any) -> None:
        ticket |= {"in_my_hand": False, "taken_by": None, **now}
        self.ticket_in_hand, self.permissions = None, DESK_PERMISSIONS
