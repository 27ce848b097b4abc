"""The process that makes pages of files nobody trusts visible: `python -m documents_svc.previews.rendering_process`."""

from pathlib import Path

from documents_svc.files.capped_fork import Caps, Json, answer_each
from documents_svc.previews.rendering import render

TOO_HEAVY = "too-heavy"
CAPS = Caps(
    memory=1024 * 1024 * 1024,
    cpu_seconds=5,
    wall_seconds=7.0,
    died={"cannot": TOO_HEAVY},
    late={"cannot": TOO_HEAVY},
)
"""Somebody waits for the page: it is there within seconds, or it is told that the file has to be opened instead."""


def show(asked: Json) -> Json:
    """Render one page."""
    return render(Path(asked["path"]), asked["page"], asked["width"])


if __name__ == "__main__":
    answer_each(show, CAPS)
