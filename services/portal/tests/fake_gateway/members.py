from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import program_time
from fake_gateway.answering import Json, found, is_stale, problem
from fake_gateway.people import ORGANIZATION
from fake_gateway.sessions import Sessions
from identity_adapter.roles.table import role_table


def role_name(code: str) -> str:
    return role_table().roles[code].name


@dataclass
class Members(Sessions):
    """identity-adapter: who acts for the organization, who asks to, and its enrolled locations."""

    members: list[Json] = field(default_factory=list)
    role_requests: list[Json] = field(default_factory=list)
    my_requests: list[Json] = field(default_factory=list)
    locations: list[Json] = field(default_factory=list)
    registers_at_once: bool = True

    def member(self, role: str = "EU", **other: Any) -> Json:
        now = program_time.now()
        return {
            "id": str(uuid4()),
            "user_id": "priya.natarajan",
            "name": "Priya Natarajan",
            "role": role,
            "role_name": role_name(role),
            "state": "ACTIVE",
            "since": (now - timedelta(days=90)).isoformat(),
            "granted_by": "Dana Whitlock",
            "last_used_at": (now - timedelta(hours=5)).isoformat(),
            "reason": None,
            "version": 3,
            "allowed_actions": [],
            **other,
        }

    def role_request(self, role: str = "EU", **other: Any) -> Json:
        now = program_time.now()
        return {
            "id": str(uuid4()),
            "user_id": "jonah.reyes",
            "name": "Jonah Reyes",
            "ptan": "9000000001",
            "organization_id": ORGANIZATION,
            "organization": "Larkspur Sample Medical, LLC",
            "role": role,
            "role_name": role_name(role),
            "state": "PENDING",
            "requested_at": (now - timedelta(days=5)).isoformat(),
            "due_at": (now + timedelta(days=25)).isoformat(),
            "decided_at": None,
            "reason": None,
            "version": 1,
            **other,
        }

    def location(self, ptan: str = "9000000001", **other: Any) -> Json:
        return {
            "ptan": ptan,
            "npi": "1234567893",
            "legal_business_name": "Larkspur Sample Medical, LLC",
            "location": {"street": "12 Sample Street", "city": "Baltimore", "state": "MD", "zip_code": "21201"},
            "ownership_group": None,
            "status": "active",
            "status_periods": [{"status": "active", "valid_from": "2019-01-01", "valid_to": None}],
            "licences": [
                {
                    "state": "MD",
                    "kind": "DMEPOS supplier",
                    "number": "R-1234",
                    "categories": ["OTSK"],
                    "valid_from": "2024-01-01",
                    "valid_to": "2027-12-31",
                }
            ],
            "accreditations": [
                {
                    "accreditor": "Sample Accreditation Commission",
                    "categories": ["OTSK", "OTSB"],
                    "valid_from": "2024-03-01",
                    "valid_to": "2027-02-28",
                }
            ],
            "exclusions": [],
            "reported_at": program_time.now().isoformat(),
            **other,
        }

    def member_routes(self) -> list[Route]:
        requests = "/api/identity/role-requests"
        return [
            Route("/api/identity/members", self.answered(self.listed(lambda _: self.members))),
            Route("/api/identity/members/{id}/{act}", self.answered(self._act_on_member), methods=["POST"]),
            Route(requests, self.answered(self.listed(lambda _: self.role_requests)), methods=["GET"]),
            Route(requests, self.answered(self._request_role), methods=["POST"]),
            Route(f"{requests}/mine", self.answered(self.listed(lambda _: self.my_requests))),
            Route(f"{requests}/{{id}}/{{act}}", self.answered(self._decide), methods=["POST"]),
            Route("/api/identity/enrolments", self.answered(self.listed(lambda _: self.locations))),
            Route("/api/identity/enrolments/{ptan}", self.answered(self._location)),
        ]

    async def _act_on_member(self, request: Request) -> Response:
        member = found(self.members, request)
        if member is None:
            return problem(404)
        if is_stale(request, member):
            return problem(409, detail="Somebody changed this before you.")
        states = {"removal": "REVOKED", "lock": "LOCKED", "unlock": "ACTIVE"}
        member["state"] = states.get(request.path_params["act"], member["state"])
        member["version"] += 1
        if request.path_params["act"] == "role":
            member["role"] = (await request.json())["role"]
            member["role_name"] = role_name(member["role"])
        if request.path_params["act"] == "ao-role":
            member["role"], member["role_name"] = "AO", role_name("AO")
        if request.path_params["act"] == "removal":
            self.members.remove(member)
        return JSONResponse({name: member[name] for name in self.member()})

    async def _request_role(self, request: Request) -> Response:
        wanted = await request.json()
        if wanted["role"] in {"AO", "BAO"} and wanted.get("ssn") != "900-00-0001":
            return problem(422, detail="What you entered does not match the enrollment record.")
        state = "ACTIVE" if wanted["role"] == "AO" and self.registers_at_once else "PENDING"
        asked = self.role_request(
            wanted["role"], ptan=wanted["ptan"], user_id=self.user_id, name=self.name, state=state
        )
        self.my_requests.insert(0, asked)
        if state == "ACTIVE":
            self.organizations = [{"id": ORGANIZATION, "name": asked["organization"], "role": "AO"}]
        return JSONResponse(asked, 201)

    async def _decide(self, request: Request) -> Response:
        asked = found([*self.role_requests, *self.my_requests], request)
        if asked is None:
            return problem(404)
        if is_stale(request, asked):
            return problem(
                409, detail="Somebody changed this before you. Load the page again and look at it as it is now."
            )
        asked["state"] = {"approval": "ACTIVE", "rejection": "REJECTED", "withdrawal": "REVOKED"}[
            request.path_params["act"]
        ]
        if request.path_params["act"] == "rejection":
            asked["reason"] = (await request.json())["reason"]
        self.role_requests = [one for one in self.role_requests if one["state"] == "PENDING"]
        return JSONResponse(asked)

    async def _location(self, request: Request) -> Response:
        ptan = request.path_params["ptan"]
        location = next((one for one in self.locations if one["ptan"] == ptan), None)
        return JSONResponse(location) if location else problem(404)
