"""Each service's README shows its state machines; they are made from the tables in the code.

    python -m chassis.state_diagrams            write them between the markers
    python -m chassis.state_diagrams --check    exit 1 and name the READMEs that differ

The diagrams of a README stand between these two lines:

    <!-- states: made by python -m chassis.state_diagrams -->
    <!-- end of states -->
"""

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path
from typing import Any

from chassis.lifecycle import Lifecycle

SERVICES = Path(__file__).parents[2]
BEGIN = "<!-- states: made by python -m chassis.state_diagrams -->"
END = "<!-- end of states -->"


def lifecycles(package: str) -> list[Lifecycle[Any]]:
    """Return the state machines of a package, in the order of its modules."""
    found: dict[int, Lifecycle[Any]] = {}
    for module in _modules(package):
        for value in vars(importlib.import_module(module)).values():
            if isinstance(value, Lifecycle):
                found[id(value)] = value
    return list(found.values())


def section(machines: list[Lifecycle[Any]]) -> str:
    """Return what stands between the markers: a heading and a mermaid diagram for each machine."""
    drawn = [f"### {_title(machine.entity)}\n\n```mermaid\n{machine.mermaid()}\n```\n" for machine in machines]
    return "\n".join([BEGIN, "", *drawn, END])


def with_section(readme: str, fresh: str) -> str:
    """Return the README with the part between the markers replaced.

    Raises ValueError when the markers are not there, once each and in order.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"put these two lines where the diagrams belong:\n{BEGIN}\n{END}")
    return before + fresh + after


def main(arguments: list[str] | None = None, services: Path = SERVICES) -> int:
    """Run the command. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m chassis.state_diagrams", description="State diagrams of READMEs.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when a README differs")
    options = parser.parse_args(arguments)
    wrong = False
    for package in sorted(path.parent for path in services.glob("*/*/__init__.py") if path.parent.name != "tests"):
        machines = lifecycles(package.name)
        if machines:
            problem = _bring_up_to_date(package.parent / "README.md", section(machines), check=options.check)
            if problem:
                print(f"{package.parent.name}/README.md: {problem}", file=sys.stderr)
                wrong = True
    return 1 if wrong else 0


def _bring_up_to_date(readme: Path, fresh: str, *, check: bool) -> str | None:
    """Write the section, or with `check` only compare it. Returns what is wrong, if anything is."""
    try:
        stands = readme.read_text()
        wanted = with_section(stands, fresh)
    except (OSError, ValueError) as problem:
        return str(problem)
    if stands == wanted:
        return None
    if check:
        return "its state diagrams differ from the code; run python -m chassis.state_diagrams"
    readme.write_text(wanted)
    return None


def _modules(package: str) -> list[str]:
    root = importlib.import_module(package)
    inner = [module.name for module in pkgutil.walk_packages(root.__path__, f"{package}.")]
    return [package, *sorted(name for name in inner if ".migrations" not in name and not name.endswith("__main__"))]


def _title(entity: str) -> str:
    return entity[:1].upper() + entity[1:]


if __name__ == "__main__":
    sys.exit(main())
