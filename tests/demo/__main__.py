"""Play the rounds: `python -m tests.demo`, `--small` with six bidders. The last line is `N passed, N failed`."""

import argparse
import asyncio
import os
import sys

from deploy.local.place import this_place
from tests.chaos.stand import folder_of_a_run, standing
from tests.demo.story import ORGANIZATIONS, play
from tests.infrastructure.platform import standing_platform

PACE = "5"
"""Sweeps run so many times as often as elsewhere: the clock moves faster, too."""


def main() -> int:
    """Play on a platform of its own and take it away again, or on the one that `make run` started."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.demo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="six bidders in two competitions of each round")
    parser.add_argument("--here", action="store_true", help="on the platform that runs already; moves its clock")
    said = parser.parse_args()
    if said.here:
        return asyncio.run(play(standing_platform(this_place()), small=said.small))
    os.environ["CONNEXION_SWEEP_PACE"] = PACE
    with folder_of_a_run() as folder, standing(ORGANIZATIONS[said.small], folder) as stand:
        return asyncio.run(play(stand.platform, small=said.small))


if __name__ == "__main__":
    sys.exit(main())
