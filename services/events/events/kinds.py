"""The kinds of value that events are made of, each with the shape it has on the wire."""

from datetime import time
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, WithJsonSchema

# Money in whole cents of US dollars.
Cents = Annotated[int, Field(ge=0)]

# A number that is no money and must not be rounded on its way (shares, ratios, scores): a decimal string.
Number = Annotated[
    Decimal,
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}),
]

Days = Annotated[int, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

# A JWS (RFC 7515) in compact form, signed with ES256.
CompactJws = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")]


def _whole_seconds_of_the_wall_clock(given: time) -> time:
    if given.microsecond or given.tzinfo:
        raise ValueError("Give whole seconds and no offset, like 17:30:00.")
    return given


# A wall-clock time in the program's time zone. JSON Schema's own format "time" demands an offset, which this has not.
LocalTime = Annotated[
    time,
    AfterValidator(_whole_seconds_of_the_wall_clock),
    WithJsonSchema({"type": "string", "pattern": r"^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$"}),
]

# A word of a list that grows (document types, notice types, reasons): lower-case words with hyphens. Readers must
# bear words they do not know, which is why such lists are not enumerations.
Code = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]

# The name of a permission of the role table, such as `document.upload`.
Permission = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)+$")]

RoundCode = Annotated[str, Field(pattern=r"^R[0-9]{4}[A-Z]?$", description="Such as R2021 or R2028.")]
Ptan = Annotated[str, Field(pattern=r"^[0-9]{10}$", description="Provider Transaction Access Number.")]
CategoryCode = Annotated[str, Field(pattern=r"^[A-Z]{2,6}$", description="A product category, such as OTSK.")]
Hcpcs = Annotated[str, Field(pattern=r"^[A-Z][0-9]{4}$", description="An item's code, such as L0650.")]
