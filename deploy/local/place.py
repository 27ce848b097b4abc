"""Where the local platform lives: its folder, and its ports."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import is_taken
from deploy.local.trouble import Trouble

REPOSITORY = Path(__file__).parents[2]

PORTS = {
    "gateway": 8080,
    "gateway_internal": 8081,
    "gateway_admin": 9901,
    "portal": 8200,
    "postgres": 5442,
    "kafka": 9192,
    "kafka_controller": 9193,
    "idp": 9400,
    "clamd": 3410,
    "bidding_edge": 8101,
    "contracts_edge": 8102,
    "documents_edge": 8103,
    "notices_edge": 8104,
    "identity_edge": 8105,
    "bidding_worker": 8111,
    "contracts_worker": 8112,
    "documents_worker": 8113,
    "notices_worker": 8114,
    "identity_worker": 8115,
}
"""Each is overridden by CONNEXION_PORT_<NAME>, as CONNEXION_PORT_GATEWAY=18080."""


@dataclass(frozen=True)
class Place:
    """One platform on this machine. Two can stand side by side with two folders and two sets of ports."""

    folder: Path
    ports: Mapping[str, int]

    @property
    def public_url(self) -> str:
        """Where people's browsers and API clients find the platform."""
        return f"http://localhost:{self.ports['gateway']}"

    @property
    def logs(self) -> Path:
        """One rotated log file per process."""
        return self.folder / "logs"

    @property
    def description(self) -> Path:
        """What stands here, for tests and tools; holds passwords and is readable by its owner only."""
        return self.folder / "platform.json"

    def refuse_taken_ports(self) -> None:
        """Look before anything starts.

        Raises:
            Trouble: somebody else listens on a port of ours
        """
        for name, port in self.ports.items():
            if is_taken(port):
                msg = (
                    f"Port {port} ({name}) is taken by another program: end that one, "
                    f"or choose another port with CONNEXION_PORT_{name.upper()}=<number>."
                )
                raise Trouble(msg)


def this_place(environment: Mapping[str, str] = os.environ) -> Place:
    """Return the platform that the environment names (`CONNEXION_LOCAL`, by default `.local` in the repository).

    Raises:
        Trouble: a port is not a number
    """
    folder = Path(environment.get("CONNEXION_LOCAL") or REPOSITORY / ".local").resolve()
    return Place(folder, {name: _port(name, usual, environment) for name, usual in PORTS.items()})


def _port(name: str, usual: int, environment: Mapping[str, str]) -> int:
    variable = f"CONNEXION_PORT_{name.upper()}"
    said = environment.get(variable, str(usual))
    if not said.isdecimal() or not 0 < int(said) < 65536:
        msg = f"{variable} is {said!r}: give a port number between 1 and 65535, or leave it out for {usual}."
        raise Trouble(msg)
    return int(said)
