from typing import Literal
from uuid import UUID

from chassis.actor import Actor
from chassis.database import Database, Fence
from documents_svc.files.uploaded_file import UploadedFile
from documents_svc.files.use_cases import readable_file
from documents_svc.previews.renderer import Renderer, ShownPage, Width


async def show_page(
    database: Database,
    renderer: Renderer,
    actor: Actor,
    file_id: UUID,
    *,
    page: int,
    width: Width,
    shown_as: Literal["text", "picture"],
) -> tuple[UploadedFile, ShownPage]:
    """Let the actor see one page of a file, fenced like its download; the reading is audited before anything is shown.

    No transaction is open while the page is made. Raises what `readable_file` and `Renderer.page` raise.
    """
    async with database.writing(Fence.of(actor), actor) as session:
        file = await readable_file(session, file_id)
        session.audit("file.preview", file.id, after={"sha256": file.sha256, "page": page, "as": shown_as})
    return file, await renderer.page(file.id, file.sha256, page, width)
