"""What the records schedule lets go, for operators: `python -m documents_svc.retention [--due-before DAY]`.

A dry run: nothing is changed. Erasing is proposed and approved by two persons in the portal, and carried out by the
worker.
"""

import argparse
import asyncio
from datetime import date

from chassis import program_time
from chassis.calendar import eastern_day, midnight, write_day
from chassis.database import Database, Fence
from chassis.settings import ServiceSettings, load
from documents_svc.retention.views import DryRun, dry_run


async def ask(settings: ServiceSettings, day: date | None) -> DryRun:
    """Run dry on the service's database: what is due at the beginning of `day`, or now."""
    program_time.use_file(settings.program_time_file)
    database = Database(settings.database_url, "documents", pool_size=1)
    try:
        async with database.reading(Fence.staff()) as session:
            return await dry_run(session, midnight(day) if day else program_time.now())
    finally:
        await database.close()


def told(found: DryRun) -> str:
    """Write a dry run for a terminal."""
    lines = [f"What may be erased by {write_day(eastern_day(found.due_before))} (dry run: nothing was changed)"]
    for each in found.types:
        gone, name = each.records - each.held, each.document or "other documents"
        lines.append(
            f"  {each.body}  {name}: {gone} would go, {each.held} held; kept {each.years} years "
            f"after {write_day(eastern_day(each.closed_at))}, due since {write_day(eastern_day(each.due_at))}"
        )
    lines.append(
        f"{found.records - found.held} records with {found.bytes} bytes would go, {found.held} are held; "
        f"{found.without_end} belong to records that are not closed."
    )
    return "\n".join(lines)


def main() -> None:
    """Print what is due."""
    parser = argparse.ArgumentParser(prog="python -m documents_svc.retention", description=__doc__)
    parser.add_argument("--due-before", type=date.fromisoformat, metavar="YYYY-MM-DD")
    print(told(asyncio.run(ask(load(ServiceSettings), parser.parse_args().due_before))))


if __name__ == "__main__":
    main()
