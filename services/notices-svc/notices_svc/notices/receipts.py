from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.calendar import in_time
from chassis.database import Session
from chassis.errors import FieldProblem, Invalid
from chassis.signing import BadSignatureError, PublicKey, by_kid, verify
from chassis.tables import signing_key
from events.notices import RespondedFile
from notices_svc.notices.notice import Notice

KIND = "connexion-receipt"
"""The JWS `typ` of a receipt of documents-svc."""


class NotAReceiptForThis(Invalid):
    """One of the files was not uploaded for this notice, or not in time. Upload what the notice asks for."""


async def read_receipts(session: Session, notice: Notice, receipts: Sequence[str]) -> list[RespondedFile]:
    """Return the files these receipts stand for. A good signature is believed at once; no event is waited for.

    Only files of this organization, in a slot of this notice, received by its due date: for the covered document
    review that is what the notice lists as missing, and nothing else (documents.md 7). Raises `NotAReceiptForThis`,
    which names each receipt at fault.
    """
    if not receipts:
        return []
    keys = await _receipt_keys(session)
    files, wrong = [], []
    for place, receipt in enumerate(receipts):
        try:
            files.append(_file(notice, receipt.strip(), keys))
        except (BadSignatureError, NotAReceiptForThis, KeyError, ValueError):
            wrong.append(FieldProblem(f"receipts.{place}", "This is no receipt of a file for this notice."))
    if wrong:
        raise NotAReceiptForThis(fields=wrong)
    return list({file.file_id: file for file in files}.values())


def _file(notice: Notice, receipt: str, keys: dict[str, PublicKey]) -> RespondedFile:
    said = verify(receipt, keys, KIND)
    received_at = datetime.fromisoformat(said["received_at"])
    belongs = UUID(said["organization_id"]) == notice.organization_id and UUID(said["slot_id"]) in notice.slot_ids
    if not belongs or (notice.due_at is not None and not in_time(received_at, notice.due_at)):
        raise NotAReceiptForThis
    return RespondedFile(
        file_id=said["file_id"],
        slot_id=said["slot_id"],
        sha256=said["sha256"],
        size=said["size"],
        received_at=received_at,
        receipt=receipt,
    )


async def _receipt_keys(session: Session) -> dict[str, PublicKey]:
    mine = (signing_key.c.use == "receipt") & (signing_key.c.issuer == "documents")
    rows = await session.execute(select(signing_key.c.public_jwk).where(mine))
    return by_kid(PublicKey.read(row.public_jwk) for row in rows)
