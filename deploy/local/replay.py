"""`make replay`: say the parked messages of one service of the running platform again, with its worker's settings."""

import os
import subprocess
import sys

import psutil

from deploy.local.place import Place
from deploy.local.services import PACKAGES
from deploy.local.supervisor import Supervisor
from deploy.local.trouble import Trouble


def replay(place: Place, package: str | None) -> int:
    """Run the chassis' own command and return its exit code; 1: something was parked again.

    Raises:
        Trouble: no such service, or the platform does not run
    """
    service = next((name for name, known in PACKAGES.items() if known == package), None)
    if service is None:
        msg = f"Say whose parked messages: `make replay SERVICE=<one of {', '.join(PACKAGES.values())}>`."
        raise Trouble(msg)
    supervisor = Supervisor(place.folder)
    worker = supervisor.state(f"{service}-worker").pid if supervisor.answers() else 0
    if not worker:
        msg = f"The worker of {service} does not run: `make run` starts the platform."
        raise Trouble(msg)
    settings = {name: value for name, value in psutil.Process(worker).environ().items() if name.startswith("CONNEXION")}
    command = [sys.executable, "-m", "chassis.parking", "replay", PACKAGES[service]]
    return subprocess.run(command, env={**os.environ, **settings}, check=False).returncode
