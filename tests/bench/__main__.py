"""Measure the speed goals: `python -m tests.bench [row…] [--quick] [--keep]`.

Ends with 1 when a row is void (something was lost or doubled), and in the quick form also when a ratio fell by more
than a fifth since it was kept. A goal that is not met is told in its line.
"""

import argparse
import os
import sys
from importlib import import_module
from typing import Any

ROWS = {
    "edge": "B1",
    "upload": "B2",
    "relay": "B3",
    "delay": "B4",
    "write_tax": "B5",
    "consumer": "B6",
    "rush": "B7",
    "contract_signing": "B9",
    "contract_book": "B11",
    "start": "B12",
    "tokens": "B14",
    "removal": "B15",
    "lists": "B16",
    "evaluation": "B17",
    "work_list": "B18",
    "notices": "B19",
    "form_c_rows": "B20",
    "form_c_opening": "B21",
}
LONG = {"start"}
"""Rows that a quick run leaves out unless they are named."""


def main() -> int:
    """Measure, print a line a row as it is known, store the samples."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("rows", nargs="*", help=f"which, by default all: {', '.join(ROWS)} (or B1, B2…)")
    parser.add_argument("--quick", action="store_true", help="under a minute, for CI; coarse")
    parser.add_argument("--keep", action="store_true", help="keep the ratios for later quick runs to compare with")
    asked = parser.parse_args()
    names = {code.lower(): row for row, code in ROWS.items()} | {row: row for row in ROWS}
    if unknown := [name for name in asked.rows if name.lower() not in names]:
        parser.error(f"there is no row {', '.join(unknown)}")
    chosen = [names[name.lower()] for name in asked.rows] or [row for row in ROWS if not (asked.quick and row in LONG)]
    return run(chosen, quick=asked.quick, keep=asked.keep)


def run(chosen: list[str], *, quick: bool, keep: bool) -> int:
    """Run the chosen rows on one stage."""
    from tests.bench import report
    from tests.bench.measuring import FULL, QUICK
    from tests.bench.stage import Stage

    rows = []
    stage = Stage()
    surroundings = _surroundings(stage)
    print(" · ".join(f"{name} {told}" for name, told in surroundings.items()), flush=True)
    try:
        for name in chosen:
            for row in import_module(f"tests.bench.{name}").measure(stage, QUICK if quick else FULL):
                print(row.line(), flush=True)
                rows.append(row)
    finally:
        stage.close()
    print(f"Raw samples: {report.store(rows, surroundings)}")
    fallen = report.falls(rows) if quick and not keep else []
    for sentence in fallen:
        print(sentence, file=sys.stderr)
    if keep:
        report.keep(rows)
    return 1 if fallen or any(row.void for row in rows) else 0


def _surroundings(stage: Any) -> dict[str, str]:
    from tests.bench.stage import sync_milliseconds

    return {
        "cores": str(os.cpu_count()),
        "load before": f"{os.getloadavg()[0]:.1f}",
        "fdatasync of 8 KB": f"{sync_milliseconds(stage.folder):.2f} ms",
        "PostgreSQL": "fsync, synchronous_commit on",
        "Kafka": "acks=all",
    }


if __name__ == "__main__":
    raise SystemExit(main())
