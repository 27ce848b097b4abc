"""Print the part of the lock file an image needs: the named packages, with `--closure` everything they need too.

The result goes to `pip install --require-hashes --no-deps`, so an image holds exactly the versions and digests the
tests ran with. The closure is read from the packages installed beside this script's interpreter, never from a network.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

LOCK = Path(__file__).parents[2] / "requirements.lock"


def blocks() -> dict[NormalizedName, str]:
    """The lock's entries by package: the pinned line and the digests continued below it."""
    entries = re.findall(r"^\S+?==.*(?:\n    --hash=.*)*", LOCK.read_text(), re.MULTILINE)
    return {canonicalize_name(re.split(r"[=\[]", entry, maxsplit=1)[0]): entry for entry in entries}


def needed_by(wanted: Requirement) -> Iterator[Requirement]:
    """What the requirement's installed package asks for on this platform, its extras counted."""
    try:
        asked = requires(wanted.name) or []
    except PackageNotFoundError:
        return  # another platform's package: the lock does not hold it either
    for line in asked:
        need = Requirement(line)
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras)):
            yield need


def closure(names: list[str]) -> set[NormalizedName]:
    """The named packages and all that they need, by canonical name."""
    seen: set[str] = set()
    waiting = [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        key = str(Requirement(f"{wanted.name}[{','.join(sorted(wanted.extras))}]") if wanted.extras else wanted.name)
        if key not in seen:
            seen.add(key)
            waiting.extend(needed_by(wanted))
    return {canonicalize_name(Requirement(key).name) for key in seen}


def main() -> None:
    """Write the selected entries to standard output in the lock's own order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--closure", action="store_true", help="everything the packages need, too")
    parser.add_argument("packages", nargs="+")
    arguments = parser.parse_args()
    entries = blocks()
    if arguments.closure:
        names = closure(arguments.packages) & entries.keys()
    else:
        names = {canonicalize_name(package) for package in arguments.packages}
    if missing := names - entries.keys():
        sys.exit(f"requirements.lock does not hold {', '.join(sorted(missing))}.")
    print("\n".join(entry for name, entry in entries.items() if name in names))


if __name__ == "__main__":
    main()
