"""Pages of an accepted file, to look at beside a checklist or a form. Slots take PDF only (domain/documents.md 1)."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Path, Query, Request, Response
from pydantic import BaseModel

from chassis.door import SIGNED_IN, CurrentActor, SliceRouter
from documents_svc.files.edge import NEVER_RENDERED, NotAhead
from documents_svc.files.inspection import MOST_PAGES
from documents_svc.previews.renderer import Width
from documents_svc.previews.use_cases import show_page
from documents_svc.resources import Documents

router = SliceRouter(prefix="/api/documents/files/{file_id}/pages", tags=["files"])

MEDIA_TYPE = "image/webp"
KEPT_PRIVATELY = {"Cache-Control": "private, max-age=300", "Vary": "Cookie, Authorization"}
"""A browser may show it again to the same sign-in for five minutes; nobody between may keep it."""

PageNumber = Annotated[int, Path(ge=1, le=MOST_PAGES)]
Purpose = Annotated[str | None, Header(alias="Sec-Purpose")]
WidthAsked = Annotated[Width, Query(description="pixels")]


class PageView(BaseModel):
    """A page of a file: its text, how large its picture is (pixels), and how many pages the file has."""

    file_id: UUID
    filename: str
    page: int
    pages: int
    width: int
    height: int
    text: str
    text_is_cut: bool


@router.get("/{page}", permission=SIGNED_IN)
async def read_page(
    *,
    request: Request,
    file_id: UUID,
    page: PageNumber,
    actor: CurrentActor,
    resources: Documents,
    width: WidthAsked = Width.BESIDE,
    purpose: Purpose = None,
) -> PageView:
    """Read the text of one page, and that its picture can be had. The reading is audited; a prefetch gets nothing."""
    _require_a_person(purpose)
    file, shown = await show_page(
        request.app.state.database, resources.renderer, actor, file_id, page=page, width=width, shown_as="text"
    )
    return PageView(
        file_id=file.id,
        filename=file.filename,
        page=page,
        pages=shown.pages,
        width=shown.width,
        height=shown.height,
        text=shown.text,
        text_is_cut=shown.text_is_cut,
    )


@router.get(
    "/{page}/picture",
    permission=SIGNED_IN,
    response_class=Response,
    responses={
        200: {"description": "The page as a picture", "content": {MEDIA_TYPE: {}}},
        304: {"description": "Yours is right"},
    },
)
async def picture(
    *,
    request: Request,
    file_id: UUID,
    page: PageNumber,
    actor: CurrentActor,
    resources: Documents,
    width: WidthAsked = Width.BESIDE,
    known: Annotated[str | None, Header(alias="If-None-Match")] = None,
    purpose: Purpose = None,
) -> Response:
    """See one page as a picture. The reading is audited; a prefetch gets nothing."""
    _require_a_person(purpose)
    file, shown = await show_page(
        request.app.state.database, resources.renderer, actor, file_id, page=page, width=width, shown_as="picture"
    )
    tag = f'"{file.sha256}-{page}-{int(width)}"'
    headers = NEVER_RENDERED | KEPT_PRIVATELY | {"ETag": tag}
    if known == tag:
        return Response(status_code=304, headers=headers)
    return Response(shown.image, media_type=MEDIA_TYPE, headers=headers)


def _require_a_person(purpose: str | None) -> None:
    if purpose is not None and "prefetch" in purpose:
        raise NotAhead
