"""The process that checks files nobody trusts: `python -m documents_svc.files.inspection_process`."""

from dataclasses import asdict
from pathlib import Path

from documents_svc.files.capped_fork import Caps, Json, answer_each
from documents_svc.files.inspection import TOO_HEAVY, inspect

CAPS = Caps(
    memory=1024 * 1024 * 1024,
    cpu_seconds=15,
    wall_seconds=25.0,
    died={"rejection": asdict(TOO_HEAVY)},
    late={"failed": "the check took too long"},
)
"""A fork that died of a limit, or crashed, has met a file that is too heavy."""


def check(asked: Json) -> Json:
    """Say why a file is rejected, or that it is not."""
    found = inspect(Path(asked["path"]), asked["media_types"])
    return {"rejection": asdict(found) if found else None}


if __name__ == "__main__":
    answer_each(check, CAPS)
