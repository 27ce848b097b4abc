from typing import Any
from uuid import UUID

from fastapi import Response
from joserfc import jws
from pydantic import BaseModel, Field

from chassis.calendar import write_moment
from chassis.database import ReadSession
from chassis.door import PUBLIC, SIGNED_IN, CurrentActor, ReadingSession, SliceRouter
from chassis.errors import NotFound
from chassis.signing import BadSignatureError, PublicKey, by_kid, verify
from documents_svc.files.uploaded_file import UploadedFile
from documents_svc.files.use_cases import require_reader
from documents_svc.files.views import WarningView, warnings_about
from documents_svc.receipts.keys import published_keys
from documents_svc.receipts.receipt import KIND, Receipt
from documents_svc.resources import Documents
from documents_svc.slots.slot import Slot

LONGEST_RECEIPT = 16 * 1024

router = SliceRouter(prefix="/api/documents", tags=["receipts"])


class ReceiptView(BaseModel):
    """A receipt: `jws` is what was signed; `receipt` says the same in plain JSON."""

    jws: str
    key_id: str
    received_eastern: str
    receipt: dict[str, Any]
    warnings: list[WarningView] = []


class PublishedKeys(BaseModel):
    """Every key that ever signed receipts, as a JWK Set; each with the time it signed."""

    keys: list[dict[str, str]]


class ReceiptCheck(BaseModel):
    """A receipt somebody wants checked, as compact JWS."""

    receipt: str = Field(min_length=1, max_length=LONGEST_RECEIPT)


class ReceiptCheckResult(BaseModel):
    """Whether Connexion signed exactly this; `reason` says why not."""

    valid: bool
    reason: str | None = None
    key_id: str | None = None
    receipt: dict[str, Any] | None = None


@router.get("/files/{file_id}/receipt", permission=SIGNED_IN)
async def read_receipt(
    file_id: UUID, actor: CurrentActor, session: ReadingSession, resources: Documents
) -> ReceiptView:
    """Give the signed receipt of a file."""
    file = await session.get(UploadedFile, file_id)
    if file is None:
        raise NotFound
    require_reader(actor, await session.get_one(Slot, file.slot_id))
    receipt = await session.get_one(Receipt, file.receipt_number)
    said = verify(receipt.jws, await _known_keys(session, resources), KIND)
    return ReceiptView(
        jws=receipt.jws,
        key_id=_key_id(receipt.jws),
        received_eastern=write_moment(file.received_at),
        receipt=said,
        warnings=warnings_about(file),
    )


@router.get("/receipt-keys", permission=PUBLIC)
async def receipt_keys(session: ReadingSession, resources: Documents, response: Response) -> PublishedKeys:
    """Publish the keys, so that anybody can verify a receipt without asking us."""
    response.headers["Cache-Control"] = "public, max-age=300"
    keys = await _known_keys(session, resources)
    return PublishedKeys(keys=[key.jwk() for key in sorted(keys.values(), key=lambda key: key.not_before)])


@router.post("/receipt-checks", permission=PUBLIC)
async def check_receipt(check: ReceiptCheck, session: ReadingSession, resources: Documents) -> ReceiptCheckResult:
    """Verify a receipt. Nothing of it is kept."""
    keys = await _known_keys(session, resources)
    try:
        said = verify(check.receipt.strip(), keys, KIND)
    except BadSignatureError as problem:
        return ReceiptCheckResult(valid=False, reason=f"This is not a receipt of Connexion: {problem}.")
    return ReceiptCheckResult(valid=True, key_id=_key_id(check.receipt.strip()), receipt=said)


async def _known_keys(session: ReadSession, resources: Documents) -> dict[str, PublicKey]:
    """The published keys, and those of this process, which are published at its start."""
    return by_kid([*resources.keys.public_keys(), *await published_keys(session)])


def _key_id(receipt: str) -> str:
    return str(jws.extract_compact(receipt.encode()).headers()["kid"])
