from chassis import program_time
from chassis.door import ReadingSession, SliceRouter
from documents_svc.balance.balance import Balance, Limits, balance_at
from documents_svc.resources import Documents

router = SliceRouter(prefix="/api/documents/balance", tags=["balance"])


@router.get("", permission="staff.document.view")
async def read_balance(session: ReadingSession, resources: Documents) -> Balance:
    """Tell whether every receipted file is accounted for, and name what is not."""
    return await balance_at(session, program_time.now(), Limits.of(resources.settings))
