"""The local platform's commands, as `make` calls them."""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import datetime

import psutil

from deploy.local.place import Place, this_place
from deploy.local.private import sign_ins
from deploy.local.program import tail
from deploy.local.supervisor import State, Supervisor
from deploy.local.trouble import Trouble

SHOWN_OF_ALL = 4
SHOWN_OF_ONE = 100


def main() -> int:
    """Run one command; a trouble is told in its own words, without a traceback."""
    commands: dict[str, Callable[[Place, argparse.Namespace], int]] = {
        "run": run,
        "status": status,
        "logs": logs,
        "stop": stop,
        "replay": replay,
        "backup": backup,
        "restore": restore,
        "fetch": fetch,
        "prepare-tests": prepare_tests,
    }
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("command", choices=commands)
    parser.add_argument(
        "process",
        nargs="?",
        help="logs: one process, as documents-edge; replay: a package, as documents_svc; backup, restore: a folder",
    )
    said = parser.parse_args()
    try:
        return commands[said.command](this_place(), said)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1


def run(place: Place, _said: argparse.Namespace) -> int:
    """Start the platform; print addresses and sign-ins."""
    from deploy.local.up import run as start

    began = time.monotonic()
    plan, ran = start(place)
    around = plan.around
    if ran:
        print("Connexion runs already; `make stop run` takes up code that has changed.")
    else:
        print(f"Connexion is ready, after {time.monotonic() - began:.0f} s.")
    print(f"  Portal and API      {place.public_url}")
    print(f"  Kafka               {around.kafka} ({plan.broker.reason})")
    print(f"  Identity provider   {around.identity_provider}")
    print(f"  All of it, in JSON  {place.description}")
    print("Sign in as")
    for user in sign_ins(around.secrets):
        whose = user["organization"] or ("CBIC" if user["role"] else "has no role yet: can register")
        print(f"  {user['user_id']:<13} {user['password']:<14} {user['role']:<8} {whose}")
    print("`make status`, `make logs` and `make stop` go on from here.")
    return 0


def status(place: Place, _said: argparse.Namespace) -> int:
    """Print each process; 1 where the platform does not run, or not all of it."""
    supervisor = Supervisor(place.folder)
    if not supervisor.answers():
        print("The platform does not run: `make run` starts it.")
        return 1
    states = supervisor.states()
    total = 0
    for state in states:
        size = _megabytes(state)
        total += size
        print(f"  {state.name:<18} {state.said:<9} {_age(state):>9}  {size:>5} MB  pid {state.pid or '-'}")
    print(f"  {'together':<18} {'':<9} {'':>9}  {total:>5} MB")
    return 0 if all(state.running for state in states) else 1


def logs(place: Place, said: argparse.Namespace) -> int:
    """Print the newest lines of one process's log, or a few of each."""
    names = sorted(file.stem for file in place.logs.glob("*.log"))
    if not names:
        print("There are no logs yet: `make run` starts the platform.")
        return 1
    if said.process and said.process not in names:
        msg = f"There is no log of {said.process!r}; there are {', '.join(names)}."
        raise Trouble(msg)
    for name in [said.process] if said.process else names:
        newest = tail(place.logs / f"{name}.log", SHOWN_OF_ONE if said.process else SHOWN_OF_ALL)
        if newest:
            print(newest if said.process else f"== {name}\n{newest}")
    return 0


def stop(place: Place, _said: argparse.Namespace) -> int:
    """End the platform."""
    Supervisor(place.folder).stop()
    print(f"The platform is stopped; its data stays in {place.folder}.")
    return 0


def replay(place: Place, said: argparse.Namespace) -> int:
    """Say parked messages of one service again."""
    from deploy.local.replay import replay as say_again

    return say_again(place, said.process)


def backup(place: Place, said: argparse.Namespace) -> int:
    """Copy the running platform's data into a folder."""
    from deploy.local.backup import tell_backup

    return tell_backup(place, said.process)


def restore(place: Place, said: argparse.Namespace) -> int:
    """Put a backup's data where the platform is to stand."""
    from deploy.local.backup import tell_restore

    return tell_restore(place, said.process)


def fetch(_place: Place, _said: argparse.Namespace) -> int:
    """Fetch the parts that are no Python packages; what cannot be had is told, and needed only by who runs it."""
    from deploy.local import clamd, debian, idp, kafka
    from deploy.local.node import npm_install, pages_parts

    steps: list[Callable[[], object]] = [
        lambda: npm_install(idp.FOLDER),
        pages_parts,
        kafka.make_class_archive,
        clamd.find_clamd,
        lambda: debian.install(["libmagic1"]),
    ]
    for step in steps:
        try:
            step()
        except Trouble as trouble:
            print(f"Not fetched: {trouble}", file=sys.stderr)
    return 0


def prepare_tests(_place: Place, _said: argparse.Namespace) -> int:
    """Install the Debian parts that tests use; the tests whose part is missing are skipped and say so."""
    from deploy.local import debian, kafka

    if not (broker := kafka.choose()).real:
        print(f"{kafka.FALL_BACK_WARNING} ({broker.reason})")
    if missing := debian.install(debian.FOR_TESTS):
        print(f"Not installed here: {', '.join(missing)}. The tests that need them are skipped.")
    return 0


def _age(state: State) -> str:
    if state.since is None:
        return "-"
    return str(datetime.now().astimezone() - state.since).split(".", maxsplit=1)[0]


def _megabytes(state: State) -> int:
    """Return the memory that is the process's and its children's own (proportional where shared)."""
    try:
        process = psutil.Process(state.pid) if state.pid else None
        family = [process, *process.children(recursive=True)] if process else []
        return sum(member.memory_full_info().pss for member in family) // 1_000_000
    except psutil.Error:
        return 0


if __name__ == "__main__":
    raise SystemExit(main())
