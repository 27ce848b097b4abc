"""How a page of a PDF becomes a picture and its text. Runs in a process with limits (`rendering_process`)."""

import base64
import io
import math
from pathlib import Path
from typing import Any

import pypdfium2
from pypdfium2 import raw

MOST_PIXELS = 4_000_000
LONGEST_SIDE = 8_000
"""Pixels of one picture, and of its longer side: a page may be a long strip (WebP ends at 16,383)."""
LONGEST_TEXT = 20_000
"""Characters of a page's text that are told; a dense page of a tax return has some 6,000."""
QUALITY = 85

BROKEN, PROTECTED, NO_SUCH_PAGE = "broken", "protected", "no-such-page"


def render(path: Path, page: int, width: int) -> dict[str, Any]:
    """Return page `page` (the first is 1) as a picture `width` pixels wide, with its text, or why it cannot be shown.

    Nothing of the file is acted on: no form is filled, no script is run, no link is followed.
    """
    try:
        with pypdfium2.PdfDocument(path) as pdf:
            if not 1 <= page <= len(pdf):
                return {"cannot": NO_SUCH_PAGE, "pages": len(pdf)}
            return {"pages": len(pdf)} | _shown(pdf[page - 1], width)
    except pypdfium2.PdfiumError as problem:
        return {"cannot": PROTECTED if problem.err_code == raw.FPDF_ERR_PASSWORD else BROKEN}


def _shown(page: pypdfium2.PdfPage, width: int) -> dict[str, Any]:
    wide, high = page.get_size()
    scale = min(width / wide, LONGEST_SIDE / max(wide, high), math.sqrt(MOST_PIXELS / (wide * high)))
    picture = page.render(scale=scale, may_draw_forms=False, rev_byteorder=True).to_pil().convert("RGB")
    told = io.BytesIO()
    picture.save(told, "WEBP", quality=QUALITY, method=2)
    text = page.get_textpage().get_text_bounded()
    return {
        "width": picture.width,
        "height": picture.height,
        "image": base64.b64encode(told.getvalue()).decode(),
        "text": text[:LONGEST_TEXT].replace("\r\n", "\n").strip(),
        "text_is_cut": len(text) > LONGEST_TEXT,
    }
