"""What somebody types under a statement, on its way to the service that judges it (`chassis.signature`)."""

from pydantic import BaseModel

FIELDS = ("given_name", "family_name", "certified_by")


class Signing(BaseModel):
    """The signature of a form as it was typed, with the version of the form it is under."""

    version: int = 0
    idempotency_key: str = ""
    statement: str = ""
    given_name: str = ""
    family_name: str = ""
    certified_by: str = ""

    @property
    def typed(self) -> dict[str, str]:
        """What to send under `signature`."""
        return self.model_dump(include={"statement", *FIELDS})

    @property
    def headers(self) -> dict[str, str]:
        """What goes with it: once, and about the version that was read."""
        return {"if-match": f'"{self.version}"', "idempotency-key": self.idempotency_key}
