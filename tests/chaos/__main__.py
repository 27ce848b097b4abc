"""`python -m tests.chaos [F1 F6 …] [--seed N] [--scale 0.1]`: break the platform, and count what was lost or doubled.

It starts a platform of its own, as `make run` does, in a temporary folder and on free ports. Each fault prints one
line; the exit status is 1 where anything was lost or doubled or went otherwise wrong. The same seed makes the same
choices.
"""

import argparse
import asyncio
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.faults import BY_NUMBER, DRILLS, FAULTS
from tests.chaos.run import a_run, organizations_for
from tests.chaos.stand import Stand, folder_of_a_run, standing
from tests.chaos.trial import Fault


class FailedError(Exception):
    """Something was lost, doubled or otherwise wrong; it was printed."""


def main() -> int:
    """Try the faults that were named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("faults", nargs="*", help=f"of {', '.join(BY_NUMBER)}; default: all but the drills")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="replays a run's choices")
    parser.add_argument("--scale", type=float, default=1.0, help="smaller counts for a look, such as 0.1")
    said = parser.parse_args()
    if unknown := set(said.faults) - set(BY_NUMBER):
        parser.error(f"there is no fault {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # its platform ends with it
    named = [fault for fault in (*DRILLS, *FAULTS) if fault.number in said.faults]
    chosen = named if said.faults else list(FAULTS)
    again = f"python -m tests.chaos {' '.join(said.faults)} --seed {said.seed} --scale {said.scale}"
    print(f"To replay this run: {again}", flush=True)
    began = time.monotonic()
    try:
        with folder_of_a_run() as folder:
            break_platform(chosen, said.seed, said.scale, folder)
    except FailedError as failed:
        print(f"Not well, after {time.monotonic() - began:.0f} s: {failed}. {again}")
        return 1
    print(f"All well, after {time.monotonic() - began:.0f} s.")
    return 0


def break_platform(faults: Sequence[Fault], seed: int, scale: float, folder: Path) -> None:
    """Run a platform and try faults on it. Raises `FailedError`."""
    with standing(organizations_for(faults, scale), folder / "platform") as stand:
        failed = asyncio.run(_try_all(stand, faults, seed, scale, folder))
        if not _audit_verifies(stand):
            failed.append("audit")
    if failed:
        raise FailedError(", ".join(failed))


async def _try_all(stand: Stand, faults: Sequence[Fault], seed: int, scale: float, folder: Path) -> list[str]:
    async with a_run(stand, seed, scale, folder) as run:
        return [fault.number for fault in faults if not await run.try_fault(fault)]


def _audit_verifies(stand: Stand) -> bool:
    verified: subprocess.CompletedProcess[str] = stand.run("deploy.local.verify_audit")
    print("Audit trails:", "verified" if verified.returncode == 0 else "NOT verified", flush=True)
    print("".join(f"     {line}\n" for line in (verified.stdout + verified.stderr).splitlines()), end="")
    return verified.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
