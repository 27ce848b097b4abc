"""Files are named by their receipts: a good signature is believed at once, no event is waited for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.calendar import in_time
from chassis.database import Session
from chassis.errors import FieldProblem, Invalid
from chassis.signing import BadSignatureError, PublicKey, by_kid, verify
from chassis.tables import signing_key
from contracts_svc.breaches.case import BreachCase

KIND = "connexion-receipt"
"""The JWS `typ` of a receipt of documents-svc."""


class NotAReceiptForThis(Invalid):
    """One of the files was not uploaded for this step of the case, or not in time."""


class FilesNeeded(Invalid):
    """Upload at least one file first, and send it with this."""


async def read_receipts(session: Session, case: BreachCase, receipts: Sequence[str]) -> list[dict[str, Any]]:
    """Return the files these receipts stand for: in the open slot of the case, received before it closed.

    Raises `FilesNeeded`; `NotAReceiptForThis`, which names each receipt at fault.
    """
    if not receipts:
        raise FilesNeeded(field="receipts")
    theirs = (signing_key.c.use == "receipt") & (signing_key.c.issuer == "documents")
    rows = await session.execute(select(signing_key.c.public_jwk).where(theirs))
    keys = by_kid(PublicKey.read(row.public_jwk) for row in rows)
    files: dict[str, dict[str, Any]] = {}
    wrong = []
    for place, receipt in enumerate(receipts):
        try:
            file = _file(case, receipt.strip(), keys)
        except (BadSignatureError, NotAReceiptForThis, KeyError, ValueError):
            wrong.append(FieldProblem(f"receipts.{place}", "This is no receipt of a file for this step of the case."))
        else:
            files[file["file_id"]] = file
    if wrong:
        raise NotAReceiptForThis(fields=wrong)
    return list(files.values())


def _file(case: BreachCase, receipt: str, keys: dict[str, PublicKey]) -> dict[str, Any]:
    said = verify(receipt, keys, KIND)
    received_at = datetime.fromisoformat(said["received_at"])
    belongs = UUID(said["organization_id"]) == case.organization_id and UUID(said["slot_id"]) == case.slot_id
    if not belongs or case.slot_until is None or not in_time(received_at, case.slot_until):
        raise NotAReceiptForThis
    return {
        "file_id": str(UUID(said["file_id"])),
        "sha256": said["sha256"],
        "size": said["size"],
        "received_at": received_at.isoformat(),
        "receipt": receipt,
    }
