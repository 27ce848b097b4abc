"""Look at every service's schema: `python -m deploy.local.schema`, part of `make check`.

On a PostgreSQL server of its own it migrates every service, compares the result with the mapped classes, and has squawk
read the statements of each migration made since the last release (`deploy/released.toml`): those run while processes of
that release are at work, so none may lock a table for long or take away what they still use.
"""

import asyncio
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from chassis.migrate import drift, migrate, revisions
from chassis.provision import provision
from deploy.local import postgres
from deploy.local.place import REPOSITORY
from deploy.local.ports import LOCALHOST, free_port
from deploy.local.program import Running
from deploy.local.services import PACKAGES
from deploy.local.trouble import Trouble

PASSWORD = "schema"  # noqa: S105 - of a server that lives for these seconds
RELEASED = REPOSITORY / "deploy" / "released.toml"
NOT_ASKED = (
    "prefer-text-field,prefer-bigint-over-int,prefer-bigint-over-smallint,"  # matters of taste
    "require-lock-timeout,require-statement-timeout"  # chassis.migrate sets the one, a Job's deadline is the other
)


def main() -> int:
    """Migrate every service; 1 where a database differs from its classes or a migration disturbs the last release."""
    with tempfile.TemporaryDirectory(prefix="connexion-schema-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's user passes through
        data, port, written = Path(folder) / "postgres", free_port(), Path(folder) / "statements"
        written.mkdir()
        try:
            postgres.prepare(data)
            with Running(postgres.program(data, port, durable=False), Path(folder) / "postgres.log"):
                differences = asyncio.run(_differences(port, written))
        except Trouble as trouble:
            print(trouble, file=sys.stderr)
            return 1
        disturbing = linted(written)
    for line in differences:
        print(line)
    print(f"Schema drift: {len(differences)} differences in {len(PACKAGES)} services.")
    return 1 if differences or disturbing else 0


async def _differences(port: int, written: Path) -> list[str]:
    released = tomllib.loads(RELEASED.read_text())["revisions"]
    found = []
    for service, package in PACKAGES.items():
        await provision(postgres.admin_url(port), service, migrator_password=PASSWORD, login_password=PASSWORD)
        url = f"postgresql+asyncpg://{service}_migrator:{PASSWORD}@{LOCALHOST}:{port}/connexion_{service}"
        await migrate(package, url, released[service])
        for revision in revisions(package, after=released[service]):
            with _statements_to(written / f"{package}-{revision}.sql"):
                await migrate(package, url, revision)
        found += [f"{package}: {difference}" for difference in await drift(package, url)]
    return found


@contextmanager
def _statements_to(file: Path) -> Iterator[None]:
    statements: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().lower().startswith(("select", "update alembic_version")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", keep)
    file.write_text("".join(f"{statement.rstrip().removesuffix(';')};\n" for statement in statements))


def linted(folder: Path) -> bool:
    """Whether squawk found something in a file of statements; it says what."""
    if not (files := sorted(folder.glob("*.sql"))):
        print("Migrations: none since the last release.")
        return False
    squawk = Path(sys.executable).with_name("squawk")
    said = subprocess.run(
        [squawk, "--assume-in-transaction", "--pg-version", "18", "--exclude", NOT_ASKED, *files], check=False
    )
    print(f"Migrations: {len(files)} since the last release.")
    return said.returncode != 0


if __name__ == "__main__":
    raise SystemExit(main())
