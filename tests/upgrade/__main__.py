"""`make upgrade-test`: the last release and this one side by side under load, forward and back; no request may fail.

The platform of the commit in `deploy/released.toml` is started with its own code. People read and upload through its
gateway from then on, while

    1  the databases are migrated to this tree's schema under the old release
    2  this tree's processes start beside the old ones: half of the connections each
    3  the old ones end; only this tree answers
    4  the old ones start again on the new schema, half each, and then alone: the way back

A request that fails is one that the person noticed: an answer of 5xx, a line that was cut. At the end everything that
got a receipt must be listed with its digest, nothing be parked, everything said be heard and the audit verify.
"""

import argparse
import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import httpx

from chassis.migrate import migrate
from deploy.local.ports import LOCALHOST, says_ok
from deploy.local.quiet import until_quiet
from deploy.local.services import PACKAGES
from tests.chaos.person import Person
from tests.infrastructure.platform import Platform, place_of_its_own
from tests.infrastructure.waiting import eventually
from tests.upgrade.load import Load
from tests.upgrade.releases import EDGES, WORKERS, NewRelease, OldRelease, checked_out, last_release, settings_of
from tests.upgrade.switch import Switch, switch

ORGANIZATIONS = 6
DRAIN_SECONDS = 2.0
QUIET_WITHIN = 180.0
READY_WITHIN = 600.0
PARKED = re.compile(r"^connexion_events_parked_total\{[^}]*\} ([0-9.e+]+)$", re.MULTILINE)


def main() -> int:
    """Upgrade and go back; 1 where a request failed or something is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.upgrade", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=30, help="length of each of the five phases")
    said = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="connexion-upgrade-"))
    folder.chmod(0o711)  # PostgreSQL's user passes through
    began, commit = time.monotonic(), last_release()
    with checked_out(commit, folder / "released") as tree:
        old = OldRelease(tree, place_of_its_own(folder / "platform"), ORGANIZATIONS)
        with old.standing() as platform:
            print(f"The last release ({commit[:9]}) stands after {time.monotonic() - began:.0f} s.", flush=True)
            problems = asyncio.run(upgrade_and_back(platform, said.seconds))
            verified = subprocess.run(
                [sys.executable, "-m", "deploy.local.verify_audit"], env=old.environment, cwd=tree, check=False
            )
    if verified.returncode:
        problems.append("the audit does not verify")
    for problem, times in Counter(problems).most_common(20):
        print(f"  {times} x {problem}")
    if problems:
        print(
            f"Not well, after {time.monotonic() - began:.0f} s: {len(problems)} problems. Logs: {platform.place.logs}"
        )
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    print(f"All well, after {time.monotonic() - began:.0f} s.")
    return 0


async def upgrade_and_back(platform: Platform, seconds: float) -> list[str]:
    """Go through the phases under load and return what was wrong."""
    officials = [user for user in platform.description["users"] if user["role"] == "AO"]
    load = Load([Person(platform.gateway, user["user_id"], user["password"]) for user in officials])
    new = NewRelease(platform, await asyncio.to_thread(settings_of, platform))
    try:
        async with _switched(platform) as switches:
            await load.gather()
            async with load.working():
                await _phases(platform, new, switches, load, seconds)
            return await _problems(platform, load)
    finally:
        await asyncio.to_thread(new.stop_all)
        for person in load.people:
            await person.close()


async def _phases(platform: Platform, new: NewRelease, switches: dict[str, Switch], load: Load, seconds: float) -> None:
    old_ports = {name: each.behind[0] for name, each in switches.items()}

    async def phase(name: str) -> None:
        done, failed = sum(load.done.values()), len(load.failed)
        await asyncio.sleep(seconds)
        print(f"{name}: {sum(load.done.values()) - done} done, {len(load.failed) - failed} failed", flush=True)
        load.failed += [f"{name}: {parked} events were parked" for parked in [await _parked(platform, new)] if parked]

    await phase("the last release alone")
    for service, package in PACKAGES.items():
        await migrate(package, platform.description["databases"][service]["migrator"])
    await phase("the last release on the new schema")

    await asyncio.to_thread(new.start, (*EDGES, *WORKERS))
    for name, each in switches.items():
        each.behind = [old_ports[name], new.ports[name]]
    await phase("half and half")

    for name, each in switches.items():
        each.behind = [new.ports[name]]
    await asyncio.sleep(DRAIN_SECONDS)
    await asyncio.to_thread(_stop_old, platform)
    await phase("this release alone")

    await asyncio.to_thread(_start_old, platform)
    for name, port in old_ports.items():
        answers = partial(asyncio.to_thread, says_ok, port, "/health/ready")
        await eventually(answers, READY_WITHIN, f"{name} of the last release again")
        switches[name].behind = [port, new.ports[name]]
    await asyncio.sleep(seconds / 2)
    for name, each in switches.items():
        each.behind = [old_ports[name]]
    await asyncio.sleep(DRAIN_SECONDS)
    await asyncio.to_thread(new.stop_all)
    await phase("back on the last release")


async def _problems(platform: Platform, load: Load) -> list[str]:
    databases = [
        f"{platform.description['admin_database'].rsplit('/', 1)[0]}/connexion_{service}" for service in PACKAGES
    ]
    problems = list(load.failed)
    if not await until_quiet(databases, platform.kafka, QUIET_WITHIN):
        problems.append(f"not everything that was said was heard within {QUIET_WITHIN:.0f} s")
    problems += [f"the receipted file {file} is not in its owner's list" for file in await load.lost()]
    told = ", ".join(f"{number} {what}" for what, number in load.done.items())
    print(f"{told}; {len(load.receipts)} receipts, {len(load.failed)} failed", flush=True)
    return problems


@asynccontextmanager
async def _switched(platform: Platform) -> AsyncIterator[dict[str, Switch]]:
    """Put a switch before every edge and the portal: the gateway is told its port in place of theirs."""
    place = platform.place
    file = place.folder / "envoy.yaml"
    before = file.read_text()
    async with AsyncExitStack() as stack:
        made, text = {}, before
        for name in EDGES:
            port = place.ports[name.replace("-", "_")]
            made[name] = await stack.enter_async_context(switch(port))
            text = re.sub(rf"\b{port}\b", str(made[name].port), text)
        await _gateway_with(platform, text)
        yield made
        await _gateway_with(platform, before)


async def _gateway_with(platform: Platform, configuration: str) -> None:
    await asyncio.to_thread(platform.take_away, "gateway")
    (platform.place.folder / "envoy.yaml").write_text(configuration)
    platform.bring_back("gateway")
    admin = platform.place.ports["gateway_admin"]
    await eventually(lambda: asyncio.to_thread(says_ok, admin, "/ready"), within=60)


def _stop_old(platform: Platform) -> None:
    for name in (*EDGES, *WORKERS):
        platform.take_away(name)


def _start_old(platform: Platform) -> None:
    for name in (*EDGES, *WORKERS):
        platform.bring_back(name)


async def _parked(platform: Platform, new: NewRelease) -> int:
    """Count what the workers of either release have set aside, as they tell it."""
    old = [platform.place.ports[name.replace("-", "_")] for name in WORKERS]
    ports: Sequence[int] = [*old, *(new.ports[name] for name in WORKERS if name in new.running)]
    found = 0.0
    async with httpx.AsyncClient(trust_env=False) as client:
        for port in ports:
            try:
                told = (await client.get(f"http://{LOCALHOST}:{port}/metrics", timeout=30)).text
            except httpx.HTTPError:
                continue  # it is not running in this phase
            found += sum(float(number) for number in PARKED.findall(told))
    return int(found)


if __name__ == "__main__":
    sys.exit(main())
