"""`make run`: everything started in order, as much at once as can be, ready when it returns.

What is large to import is imported where it is used, while the parts before it start.
"""

import asyncio
import hashlib
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from deploy.local import postgres, services
from deploy.local.place import REPOSITORY, Place
from deploy.local.plan import Plan, make_plan
from deploy.local.private import write_private
from deploy.local.program import Program, require_space, tail
from deploy.local.quiet import until_quiet
from deploy.local.supervisor import Supervisor
from deploy.local.trouble import Trouble

READY_WITHIN = 300
"""Seconds until we give up on a process; a healthy start takes a tenth of it, a busy machine more."""
STARTS_BEFORE_GIVING_UP = 3
"""A process that ended this often before it was ready will not become ready by itself."""
QUIET_WITHIN = 20
"""Seconds that the demonstration data may take from service to service before we return anyway."""
LOOK_EVERY = 0.2
"""Seconds between two looks at what is not ready yet."""
SEEDED = ("identity", "bidding")


def run(place: Place) -> tuple[Plan, bool]:
    """Start what does not run yet, return when everything is ready, and tell whether it ran all the time.

    Raises:
        Trouble: something that a person has to put right
    """
    place.folder.mkdir(parents=True, exist_ok=True)
    require_space(place.folder)
    plan = make_plan(place)
    for warning in plan.warnings:
        print(warning, flush=True)
    supervisor = Supervisor(place.folder)
    watch = Watch(supervisor, place)
    if supervisor.runs_this(plan.groups):
        if place.description.exists() and all(program.ready() for group in plan.groups for program in group.programs):
            return plan, True
    else:
        supervisor.stop()
        place.description.unlink(missing_ok=True)  # it is there when all is ready
        place.refuse_taken_ports()
        supervisor.start(plan.groups)
    supervisor.start_group(plan.parts.name)
    databases = [postgres.admin_url(place.ports["postgres"], f"connexion_{service}") for service in services.PACKAGES]
    with ThreadPoolExecutor() as threads:
        topics_made = threads.submit(make_topics, watch, plan)
        make_databases(watch, plan)
        supervisor.start_group(plan.edges.name)
        seeds = [threads.submit(seed, plan, service) for service in SEEDED]
        topics_made.result()
        supervisor.start_group(plan.workers.name)
        for loaded in seeds:
            loaded.result()
        watch.wait_for([*plan.parts.programs, *plan.edges.programs, *plan.workers.programs])
    write_private(place.description, plan.description())
    if not (plan.broker.real and asyncio.run(until_quiet(databases, plan.around.kafka, QUIET_WITHIN))):
        print("The demonstration data is still on its way through the services; it shows in a moment.")
    return plan, False


class Watch:
    """Waits for processes, and says why one does not become ready."""

    def __init__(self, supervisor: Supervisor, place: Place) -> None:
        self._supervisor = supervisor
        self._place = place

    def wait_for(self, programs: Sequence[Program]) -> None:
        """Return when all are ready.

        Raises:
            Trouble: one keeps ending, or is not ready in time; the end of its log is in the message
        """
        deadline = time.monotonic() + READY_WITHIN
        waiting = list(programs)
        starts: dict[str, set[int]] = defaultdict(set)
        while waiting := [program for program in waiting if not program.ready()]:
            for state in self._supervisor.states():
                starts[state.name].add(state.starts)
            for program in waiting:
                if len(starts[program.name] - {0}) > STARTS_BEFORE_GIVING_UP:
                    raise Trouble(self._story(program, "ends again and again"))
            if time.monotonic() > deadline:
                raise Trouble(self._story(waiting[0], f"is not ready after {READY_WITHIN} s"))
            time.sleep(LOOK_EVERY)

    def _story(self, program: Program, what: str) -> str:
        log = self._place.logs / f"{program.name}.log"
        return f"{program.name} {what}. The end of {log}:\n{tail(log)}"


def make_databases(watch: Watch, plan: Plan) -> None:
    """Bring each service's roles, database and tables to what its migrations say.

    Raises:
        Trouble: PostgreSQL does not become ready
    """
    from chassis.migrate import migrate
    from chassis.provision import provision

    watch.wait_for([program for program in plan.parts.programs if program.name == "postgres"])
    around = plan.around
    admin_url = postgres.admin_url(around.place.ports["postgres"])

    async def make_all() -> None:
        for service, package in services.PACKAGES.items():
            await provision(
                admin_url,
                service,
                migrator_password=around.secrets.roles[f"{service}_migrator"],
                login_password=around.secrets.roles[f"{service}_login"],
            )
            await migrate(package, services.database_url(around, service, "migrator"))

    asyncio.run(make_all())


def make_topics(watch: Watch, plan: Plan) -> None:
    """Create the topics that are missing.

    Raises:
        Trouble: the broker does not become ready, or refuses
    """
    from chassis import topics
    from chassis.kafka_clients import UNREACHABLE, admin_client

    watch.wait_for([program for program in plan.parts.programs if program.name == "kafka"])

    async def make_all() -> None:
        options = {"bootstrap_servers": plan.around.kafka, "client_id": "connexion-topics"}
        async with admin_client(options) as admin:
            await topics.provision(admin)

    try:
        asyncio.run(make_all())
    except UNREACHABLE as problem:
        msg = f"The topics could not be created on the broker at {plan.around.kafka}: {problem}"
        raise Trouble(msg) from problem


def seed(plan: Plan, service: str) -> None:
    """Load a service's made-up data, unless exactly this was loaded before (loading it again would change nothing).

    Raises:
        Trouble: it failed
    """
    loaded = plan.around.place.folder / f"seeded-{service}"
    digest = _digest(services.PACKAGES[service], plan.around.demo_people.read_bytes() + plan.around.first_run.encode())
    if loaded.exists() and loaded.read_text() == digest:
        return
    environment = services.settings(plan.around, service)
    _run_module(
        [f"{services.PACKAGES[service]}.seed"], environment, f"The demonstration data of {service} was not loaded"
    )
    loaded.write_text(digest)


def _digest(package: str, given: bytes) -> str:
    """Return what a seed's outcome depends on, as one digest: the service's code and data, and what it is given."""
    digest = hashlib.sha256(given)
    for file in sorted((REPOSITORY / "services").glob(f"*/{package}/**/*")):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _run_module(module: Sequence[str], environment: Mapping[str, str], problem: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *module],
        env={**os.environ, **environment},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
        msg = f"{problem}; `python -m {' '.join(module)}` said:\n{said}"
        raise Trouble(msg)
