"""The story the examples tell: one bidder uploads one report for Round 2021. Ids and times are made up."""

from datetime import UTC, datetime
from uuid import UUID

from events.signing_keys import PublicJwk

ORGANIZATION = UUID("016c3c9e-0c00-7a1b-8f00-000000000001")
PERSON = UUID("016c3c9e-0c00-7a1b-8f00-000000000002")
SESSION = UUID("016c3c9e-0c00-7a1b-8f00-000000000003")
REQUIREMENT = UUID("016c3c9e-0c00-7a1b-8f00-000000000004")
SLOT = UUID("016c3c9e-0c00-7a1b-8f00-000000000005")
FILE = UUID("016c3c9e-0c00-7a1b-8f00-000000000006")
LATER_FILE = UUID("016c3c9e-0c00-7a1b-8f00-000000000007")
TODO = UUID("016c3c9e-0c00-7a1b-8f00-000000000008")
ACTIVITY = UUID("016c3c9e-0c00-7a1b-8f00-000000000009")
CONTRACT = UUID("016c3c9e-0c00-7a1b-8f00-00000000000a")
MEMBERSHIP = UUID("016c3c9e-0c00-7a1b-8f00-00000000000d")
AUDIT_ROWS = (UUID("016c3c9e-0c00-7a1b-8f00-00000000000b"), UUID("016c3c9e-0c00-7a1b-8f00-00000000000c"))
BIDDER = UUID("016c3c9e-0c00-7a1b-8f00-000000000010")
BID = UUID("016c3c9e-0c00-7a1b-8f00-000000000011")
NOTICE = UUID("016c3c9e-0c00-7a1b-8f00-000000000012")
REVIEW = UUID("016c3c9e-0c00-7a1b-8f00-000000000013")
RESPONSE = UUID("016c3c9e-0c00-7a1b-8f00-000000000014")
LINE = UUID("016c3c9e-0c00-7a1b-8f00-000000000016")
REPORT = UUID("016c3c9e-0c00-7a1b-8f00-000000000017")
ANALYST = UUID("016c3c9e-0c00-7a1b-8f00-000000000015")

COMPANY = "Chesapeake Home Medical, LLC"
PTAN = "1234567890"
SLOT_SUBJECT = f"requirement:{REQUIREMENT}"

ANNOUNCED = datetime(2019, 3, 7, 14, 0, tzinfo=UTC)
WINDOW_OPENS = datetime(2019, 7, 16, 13, 0, tzinfo=UTC)
CDRD = datetime(2019, 8, 20, 0, 59, 59, tzinfo=UTC)  # 8:59:59 p.m. Eastern on 19 August
WINDOW_CLOSES = datetime(2019, 9, 19, 0, 59, 59, tzinfo=UTC)  # 8:59:59 p.m. Eastern on 18 September
EXTENDED = datetime(2019, 9, 26, 0, 59, 59, tzinfo=UTC)  # a made-up extension by a week
STARTED = datetime(2019, 8, 14, 18, 30, 2, 125_000, tzinfo=UTC)
RECEIVED = datetime(2019, 8, 14, 18, 30, 9, 480_000, tzinfo=UTC)
ACCEPTED = datetime(2019, 8, 14, 18, 30, 11, 902_000, tzinfo=UTC)
LATER = datetime(2019, 8, 15, 9, 12, 40, tzinfo=UTC)
SETTLED = datetime(2019, 9, 19, 1, 0, 31, tzinfo=UTC)
REVIEWED = datetime(2019, 11, 14, 19, 20, tzinfo=UTC)
NOTICED = datetime(2019, 11, 15, 15, 0, tzinfo=UTC)
ANSWERED = datetime(2019, 11, 20, 16, 5, 31, tzinfo=UTC)
NOTICE_DUE = datetime(2019, 12, 3, 1, 59, 59, tzinfo=UTC)  # 8:59:59 p.m. Eastern on 2 December
AWARDED = datetime(2020, 10, 27, 14, 0, tzinfo=UTC)
SUPPLIERS_ANNOUNCED = datetime(2020, 11, 20, 15, 0, tzinfo=UTC)

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
OTHER_DIGEST = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
SIGNED = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImV4YW1wbGUifQ"
    ".eyJleGFtcGxlIjoibm90IGEgcmVhbCBzaWduYXR1cmUifQ"
    ".ZXhhbXBsZS1leGFtcGxlLWV4YW1wbGUtZXhhbXBsZS1leGFtcGxlLWV4YW1wbGUtZXhhbXBsZS1leGFtcGxlLQ"
)
# The public key of RFC 7517, appendix A.1.
JWK = PublicJwk(
    x="MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    y="4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
)
