"""Compare each service's mapped classes with its migrations: `python -m deploy.local.drift`, part of `make check`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from chassis.migrate import drift, migrate
from chassis.provision import provision
from deploy.local import postgres
from deploy.local.ports import LOCALHOST, free_port
from deploy.local.program import Running
from deploy.local.services import PACKAGES
from deploy.local.trouble import Trouble

PASSWORD = "drift"  # noqa: S105 - of a server that lives for these seconds


def main() -> int:
    """Migrate every service on a server of its own; 1 where a database and its classes differ."""
    with tempfile.TemporaryDirectory(prefix="connexion-drift-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's user passes through
        data, port = Path(folder) / "postgres", free_port()
        try:
            postgres.prepare(data)
            with Running(postgres.program(data, port, durable=False), Path(folder) / "postgres.log"):
                found = asyncio.run(_differences(port))
        except Trouble as trouble:
            print(trouble, file=sys.stderr)
            return 1
    for line in found:
        print(line)
    print(f"Schema drift: {len(found)} differences in {len(PACKAGES)} services.")
    return 1 if found else 0


async def _differences(port: int) -> list[str]:
    found = []
    for service, package in PACKAGES.items():
        await provision(postgres.admin_url(port), service, migrator_password=PASSWORD, login_password=PASSWORD)
        url = f"postgresql+asyncpg://{service}_migrator:{PASSWORD}@{LOCALHOST}:{port}/connexion_{service}"
        await migrate(package, url)
        found += [f"{package}: {difference}" for difference in await drift(package, url)]
    return found


if __name__ == "__main__":
    raise SystemExit(main())
