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

CHAT_PERMISSIONS = ("staff.ticket.work", "staff.person.find", "staff.chat.answer")
SUPERVISOR_PERMISSIONS = ("staff.chat.view", "staff.chat.supervise")
MINE = ("id", "number", "state", "topic", "language", "first_name", "agent", "opened_at", "ended_at", "messages")
LINE = ("id", "number", "state", "topic", "language", "first_name", "opened_at", "signed_in", "agent")


@dataclass
class Chats(Members):
    """notices-svc: chats of visitors, and the agents' desk."""

    chats: list[Json] = field(default_factory=list)
    chat_is_open: bool = True
    colleagues: list[Json] = field(default_factory=list)
    chat_days: list[Json] = field(default_factory=list)
    forms: list[Json] = field(default_factory=list)

    def become_agent(self) -> None:
        """Let a customer service representative be at the desk."""
        self.user_id, self.name = "robin.adler", "Robin Adler"
        self.become("staff", "CUSTOMER_SERVICE", CHAT_PERMISSIONS)

    def chat_message(self, said: str = "visitor", text: str = "", **more: Any) -> Json:
        told = {"seq": 1, "said": said, "name": None, "text": text, "hidden": [], "at": self._now(), "key": None}
        return told | more

    def chat(self, state: str = "ACTIVE", **more: Any) -> Json:
        """A chat as the desk has it."""
        told: Json = {
            "id": str(uuid4()),
            "number": f"CH-{len(self.chats) + 41:06d}",
            "state": state,
            "topic": "uploads",
            "language": "en",
            "first_name": "Priya",
            "last_name": "Natarajan",
            "email": "priya@larkspur.example",
            "phone": "+14105550123",
            "supplier_name": "Larkspur Sample Medical, LLC",
            "supplier_number": "2840071",
            "opened_at": self._now(),
            "taken_at": None,
            "ended_at": None,
            "outcome": None,
            "agent": None if state == "QUEUED" else "Alma",
            "signed_in": False,
            "can_be_verified": False,
            "tries_left": 3,
            "case": None,
            "messages": [self.chat_message(text="The upload of our bond stopped. Do I have to start again?")],
            "notes": [],
            "allowed_actions": ["hand over", "end"] if state == "ACTIVE" else [],
        }
        return told | more

    def say_in(self, chat: Json, said: str, text: str = "", **more: Any) -> Json:
        message = self.chat_message(said, text, **more) | {"seq": len(chat["messages"]) + 1}
        chat["messages"].append(message)
        return message

    def account(self) -> Json:
        """Whose account it is."""
        return {
            "person_id": str(uuid4()),
            "user_id": "PNATARAJAN02",
            "name": "Priya Natarajan",
            "role": "AO",
            "organization_id": str(uuid4()),
            "organization": "Larkspur Sample Medical, LLC",
            "verified_at": self._now(),
        }

    def chat_routes(self) -> list[Route]:
        chats, desk, hours = "/api/notices/chats", "/api/notices/chat-desk", "/api/notices/chat-hours"
        return [
            Route(f"{chats}/availability", self.answered(self._availability)),
            Route(chats, self.answered(self._open_chat), methods=["POST"]),
            Route(f"{chats}/signed-in", self.answered(self._open_chat), methods=["POST"]),
            Route(f"{chats}/mine", self.answered(self._my_chat)),
            Route(f"{chats}/mine/messages", self.answered(self._send), methods=["POST"]),
            Route(f"{chats}/mine/end", self.answered(self._end_chat), methods=["POST"]),
            Route(desk, self.answered(self._desk)),
            Route(f"{desk}/overview", self.answered(self._desk)),
            Route(f"{desk}/presence", self.answered(self._present), methods=["PUT"]),
            Route(f"{desk}/replies", self.answered(self._replies)),
            Route(f"{desk}/next", self.answered(self._next), methods=["POST"]),
            Route(f"{desk}/chats", self.answered(self.listed(lambda _: [self._line(one) for one in self.chats]))),
            Route(f"{desk}/chats/{{id}}", self.answered(self._one)),
            Route(f"{desk}/transcripts/{{id}}", self.answered(self._one)),
            Route(f"{desk}/chats/{{id}}/{{act}}", self.answered(self._act_on_chat), methods=["POST"]),
            Route(hours, self.answered(self._days)),
            Route(f"{hours}/{{day}}", self.answered(self._set_day), methods=["PUT"]),
            Route(f"{hours}/{{day}}", self.answered(self._clear_day), methods=["DELETE"]),
        ]

    def _now(self) -> str:
        return program_time.now().isoformat()

    async def _availability(self, _: Request) -> Response:
        opens = program_time.now() + (timedelta(hours=-2) if self.chat_is_open else timedelta(hours=14))
        told = {"is_open": self.chat_is_open, "opens_at": opens.isoformat(), "waiting": 2, "has_room": True}
        return JSONResponse(told | {"closes_at": (opens + timedelta(hours=8, minutes=30)).isoformat()})

    async def _open_chat(self, request: Request) -> Response:
        told = await request.json()
        self.forms.append(told)
        if len(told["phone"]) < 10:
            return problem(422, type="urn:connexion:problem:invalid", fields=[{"path": "phone", "message": "No."}])
        opened = self.chat("QUEUED" if self.chat_is_open else "UNAVAILABLE", first_name=told["first_name"])
        opened |= {"messages": [self.chat_message(text=told["question"])], "language": told["language"]}
        self.chats.append(opened)
        return JSONResponse({"token": f"{opened['id']}.secret", "chat": self._mine(opened)}, 201)

    def _of_token(self, request: Request) -> Json | None:
        carried = request.headers.get("x-chat-token", "").partition(".")[0]
        return next((one for one in self.chats if one["id"] == carried), None)

    def _mine(self, chat: Json, since: int = 0) -> Json:
        mine = {name: chat[name] for name in MINE} | {"ahead": 1 if chat["state"] == "QUEUED" else None}
        return mine | {"messages": [each for each in chat["messages"] if each["seq"] > since]}

    async def _my_chat(self, request: Request) -> Response:
        chat = self._of_token(request)
        return JSONResponse(self._mine(chat, int(request.query_params["since"]))) if chat else problem(404)

    async def _send(self, request: Request) -> Response:
        chat, told = self._of_token(request), await request.json()
        if chat is None:
            return problem(404)
        if chat["state"] not in {"QUEUED", "ACTIVE"}:
            return problem(409, type="urn:connexion:problem:chat-has-ended", detail="This chat has ended.")
        return JSONResponse(self.say_in(chat, "visitor", told["text"], key=told["key"]), 201)

    async def _end_chat(self, request: Request) -> Response:
        chat = self._of_token(request)
        if chat is None:
            return problem(404)
        chat["state"] = "WRAP_UP"
        self.say_in(chat, "ended-by-visitor")
        return JSONResponse(self._mine(chat))

    def _line(self, chat: Json) -> Json:
        return {name: chat[name] for name in LINE} | {"last_seq": len(chat["messages"])}

    async def _desk(self, _: Request) -> Response:
        queue = [self._line(one) for one in self.chats if one["state"] == "QUEUED"]
        mine = [self._line(one) for one in self.chats if one["state"] in {"ACTIVE", "WRAP_UP"}]
        told = {"waiting": len(queue), "queue": queue, "mine": mine, "present": self.colleagues}
        return JSONResponse(told)

    async def _present(self, _: Request) -> Response:
        return Response(status_code=204)

    async def _replies(self, _: Request) -> Response:
        return JSONResponse({"items": [{"code": "hello", "en": "Hello, how can I help?", "es": "Hola, ¿cómo ayudo?"}]})

    async def _next(self, _: Request) -> Response:
        waits = next((one for one in self.chats if one["state"] == "QUEUED"), None)
        if waits is None:
            return problem(409, type="urn:connexion:problem:nobody-waits", detail="Nobody waits for a chat now.")
        waits |= {"state": "ACTIVE", "agent": "Robin", "allowed_actions": ["hand over", "end"]}
        self.say_in(waits, "joined", name="Robin")
        return JSONResponse(waits)

    async def _one(self, request: Request) -> Response:
        chat = found(self.chats, request)
        return JSONResponse(chat) if chat else problem(404)

    async def _act_on_chat(self, request: Request) -> Response:
        chat, told = found(self.chats, request), await request.json() if await request.body() else {}
        if chat is None:
            return problem(404)
        match request.path_params["act"]:
            case "messages":
                said = self.say_in(chat, "agent", told["text"], name="Robin", key=told["key"])
                return JSONResponse(said, 201)
            case "notes":
                chat["notes"].append({"name": self.name, "text": told["text"], "at": self._now()})
            case "verification":
                chat["case"] = self.account() if told["user_id"] == "PNATARAJAN02" else None
                chat["tries_left"] -= 0 if chat["case"] else 1
            case "end":
                chat |= {"state": "WRAP_UP", "allowed_actions": ["close"]}
            case "closure":
                chat |= {"state": "CLOSED", "outcome": told["outcome"], "allowed_actions": []}
            case "hand-over":
                self.say_in(chat, "handed-over", name="Ben")
        return JSONResponse(chat)

    async def _days(self, _: Request) -> Response:
        return JSONResponse({"days": self.chat_days})

    async def _set_day(self, request: Request) -> Response:
        day = {"day": request.path_params["day"], **await request.json()}
        self.chat_days.append(day)
        return JSONResponse(day)

    async def _clear_day(self, request: Request) -> Response:
        self.chat_days = [each for each in self.chat_days if each["day"] != request.path_params["day"]]
        return Response(status_code=204)
