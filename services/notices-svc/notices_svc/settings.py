from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from chassis.settings import ServiceSettings, TlsUrl


class Settings(ServiceSettings):
    """What notices-svc needs beside its database and the broker: a mail server, if e-mail is to point to the portal."""

    smtp_host: str | None = Field(None, description="the mail server; without one e-mail waits")
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_tls: Literal["starttls", "implicit", "none"] = "starttls"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_timeout_seconds: float = Field(30, gt=0)
    mail_from: str = Field("no-reply@connexion.example", pattern=r"^[^@\s]+@[^@\s]+$")
    streams_per_person: int = Field(4, ge=1, description="live updates one person may hold open, in one edge process")
    streams_at_most: int = Field(2_000, ge=1, description="live updates of one edge process")
    portal_url: TlsUrl = Field("https://connexion.example", description="where the e-mail points to")

    chat_queued_minutes: int = Field(120, ge=1, description="so long a chat waits for an agent before it is a ticket")
    chat_silent_minutes: int = Field(60, ge=1, description="so long nothing is said before a chat ends by itself")
    chat_wrap_up_minutes: int = Field(30, ge=1, description="so long an ended chat waits to be closed by its agent")
    chat_queue_at_most: int = Field(300, ge=1, description="chats that wait; one more becomes a message")
    chats_per_agent: int = Field(6, ge=1, description="chats one agent may have at once")
    chat_messages_a_minute: int = Field(20, ge=1, description="messages a visitor may send in a minute")
    chats_per_address: int = Field(20, ge=1, description="chats an address without sign-in opens at once, in one edge")
    chat_address_seconds: float = Field(30, gt=0, description="after so long such an address may open one more")

    @field_validator("smtp_tls")
    @classmethod
    def _mail_with_tls(cls, tls: str, info: ValidationInfo) -> str:
        if tls == "none" and info.data.get("environment") != "local":
            msg = "none is for the local environment only"
            raise ValueError(msg)
        return tls
