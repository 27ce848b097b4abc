"""The program has one clock. Whoever reads another one here is named, with the reason, or fails."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2]

# The two modules that read the machine's clock.
CLOCKS = {"chassis/machine_time.py", "chassis/program_time.py"}

# Who may use machine time: what is about machines, not about the program. A whole package, or one file.
MACHINE_TIME_USERS = {
    "chassis/": "tokens, leases, retries, relay, keys",
    "documents_svc/files/use_cases.py": "leases and retries of the scan",
    "documents_svc/rules/published.py": "the command by which an operator publishes an edition",
    "documents_svc/settlement/use_cases.py": "whether somebody still writes an upload: its lease",
    "documents_svc/uploads/use_cases.py": "the writer's lease, and which key signs the receipt now",
    "identity_adapter/": "sessions and tokens",
    "notices_svc/balance/watch.py": "how long something waits, for a metric",
    "notices_svc/chat/limits.py": "how many chats an address opens in a while",
    "notices_svc/mail/": "retries of mail, and how long they go on",
    "portal/": "renewal of tokens before they end",
}

# Who may let PostgreSQL read its clock, and why.
DATABASE_CLOCK_USERS = {
    "chassis/tables.py": "age of outbox and inbox rows, for the relay and for purging: machines' affairs",
}

FORBIDDEN_CALLS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}
DATABASE_FUNCTIONS = {"now", "current_timestamp", "current_date", "localtimestamp", "clock_timestamp"}
DATABASE_CLOCK = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(\s*\)"
    r"|\b(current_timestamp|current_date|localtimestamp)\b",
    re.IGNORECASE,
)


def sources() -> Iterator[tuple[str, str]]:
    for path in sorted(SERVICES.glob("*/*/**/*.py")):
        name = path.relative_to(SERVICES).parts
        if name[1] != "tests":
            yield "/".join(name[1:]), path.read_text()


def other_clocks(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Where a module reads a clock of Python's or of the database's."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if (owner, node.attr) in FORBIDDEN_CALLS:
                yield node.lineno, f"{owner}.{node.attr}"
            if owner == "func" and node.attr in DATABASE_FUNCTIONS:
                yield node.lineno, f"SQL {node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from ((node.lineno, f"time.{n.name}") for n in node.names if ("time", n.name) in FORBIDDEN_CALLS)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            found = DATABASE_CLOCK.search(node.value)
            if found:
                yield node.lineno, f"SQL {found.group(0)}"


def uses_machine_time(tree: ast.Module) -> bool:
    return any(
        (isinstance(node, ast.ImportFrom) and any(name.name == "machine_time" for name in node.names))
        or (isinstance(node, ast.Import) and any(name.name == "chassis.machine_time" for name in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "chassis.machine_time")
        for node in ast.walk(tree)
    )


def test_no_module_reads_another_clock_than_the_two_of_the_chassis() -> None:
    found = [
        f"{name}:{line}: {clock}"
        for name, text in sources()
        if name not in CLOCKS
        for line, clock in other_clocks(ast.parse(text))
        if not (clock.startswith("SQL") and name in DATABASE_CLOCK_USERS)
    ]
    assert not found, "ask chassis.program_time (or, for machines' affairs, chassis.machine_time):\n" + "\n".join(found)


def test_only_the_named_users_read_machine_time() -> None:
    found = [
        name
        for name, text in sources()
        if uses_machine_time(ast.parse(text)) and not name.startswith(tuple(MACHINE_TIME_USERS))
    ]
    assert not found, f"machine time is for machines' affairs; name yourself with a reason: {found}"


def test_the_walk_sees_the_sources() -> None:
    names = {name for name, _ in sources()}
    assert names >= CLOCKS
    assert {name.split("/")[0] for name in names} >= {"bidding_svc", "documents_svc", "notices_svc", "portal"}


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime, UTC\nx = datetime.now(UTC)",
        "import datetime\nx = datetime.datetime.now()",
        "import datetime\nx = datetime.date.today()",
        "from datetime import datetime\nfactory = datetime.utcnow",
        "import time\nx = time.time()",
        "from time import time\nx = time()",
        "from sqlalchemy import func\nx = func.now()",
        "import sqlalchemy as sa\nx = sa.func.current_timestamp()",
        "x = 'select * from offer where due_at < now()'",
        "x = f'update {table} set at = CURRENT_TIMESTAMP'",
    ],
)
def test_each_way_to_another_clock_is_seen(code: str) -> None:
    assert list(other_clocks(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "from chassis import program_time\nx = program_time.now()",
        "import time\nx = time.monotonic()",
        "def f():\n    '''Unlike now() of SQL.'''",
        "x = 'It is due now (or never)'",
    ],
)
def test_what_is_no_clock_is_left_alone(code: str) -> None:
    assert not list(other_clocks(ast.parse(code)))
