"""Who asks for a chat: the form before it, and the token by which its sender is known from then on.

The form carries a key that the sender's page made up. Token and id of the chat are made of it: the form sent twice
opens one chat, and its sender gets the same token again. What is kept is a digest of the token, and nothing of the key.
"""

import hashlib
from typing import Annotated
from uuid import UUID

import phonenumbers
from pydantic import AfterValidator, BaseModel, EmailStr, Field, StringConstraints
from pydantic_core import PydanticCustomError

from notices_svc.chat.chat import ChatTopic

REGION = "US"
SHORTEST_KEY, LONGEST_KEY = 32, 200


def us_phone(typed: str) -> str:
    """Return a telephone number of the United States or its territories as E.164. Raises for any other."""
    try:
        number = phonenumbers.parse(typed, REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or number.country_code != 1 or not phonenumbers.is_valid_number(number):
        raise PydanticCustomError("us_phone", "Enter all 10 digits of a US phone number, like 410-555-0123")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _one_line(text: str) -> str:
    """Return a name without what would begin another line or header."""
    return " ".join(text.split())


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_one_line)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\-]{8,100}$")]
"""The sender's own name for a message."""
FormKey = Annotated[str, StringConstraints(pattern=rf"^[A-Za-z0-9_\-]{{{SHORTEST_KEY},{LONGEST_KEY}}}$")]
"""Long enough that nobody guesses it: whoever has it has the chat."""
UsPhone = Annotated[str, StringConstraints(max_length=40), AfterValidator(us_phone)]
SupplierNumber = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^(\d{7}|\d{10})$")]


class PreChatForm(BaseModel):
    """The form before a chat (roles.md 5). A Social Security number has no place in it."""

    key: FormKey
    first_name: Name
    last_name: Name
    email: EmailStr
    phone: UsPhone
    topic: ChatTopic
    question: Words
    supplier_name: Name | None = None
    supplier_number: SupplierNumber | None = Field(None, description="bidder number (7 digits) or PTAN (10 digits)")
    language: Annotated[str, StringConstraints(pattern="^(en|es)$")] = "en"

    @property
    def chat_id(self) -> UUID:
        """The id of the chat that this form opens."""
        return UUID(bytes=_made_of(self.key, "chat")[:16], version=5)

    @property
    def token(self) -> str:
        """What its sender is known by."""
        return _made_of(self.key, "token").hex()


class Known(BaseModel):
    """A token as it is carried: the chat, and the secret."""

    chat_id: UUID
    secret: str

    @classmethod
    def of(cls, carried: str) -> "Known | None":
        """Read it; None for what is no token."""
        chat_id, _, secret = carried.partition(".")
        try:
            return cls(chat_id=UUID(chat_id), secret=secret)
        except ValueError:
            return None

    @property
    def carried(self) -> str:
        """As it is carried in a cookie or header."""
        return f"{self.chat_id}.{self.secret}"


def _made_of(key: str, what: str) -> bytes:
    return hashlib.sha256(f"connexion chat {what}\0{key}".encode()).digest()
