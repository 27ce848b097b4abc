"""`make verify-audit`: check the sealed audit trail of every service of the running platform.

Reads `platform.json`; each service is checked by the chassis' own command, with the public half of that service's key.
Ends with the worst exit code: 0 all is as signed, 1 something is wrong, 2 something could not be verified.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local.place import this_place
from deploy.local.private import signing_key
from deploy.local.services import PACKAGES


def main() -> int:
    """Check one service after the other; each prints its own line."""
    place = this_place()
    if not place.description.exists():
        print("There is no platform here yet: `make run` starts it.", file=sys.stderr)
        return 2
    platform = json.loads(place.description.read_text())
    return max(_verify(service, place.folder, platform) for service in PACKAGES)


def _verify(service: str, folder: Path, platform: Mapping[str, Any]) -> int:
    environment = {
        **os.environ,
        "CONNEXION_ENVIRONMENT": "local",
        "CONNEXION_DATABASE_URL": platform["databases"][service]["login"],
        "CONNEXION_KAFKA_BOOTSTRAP_SERVERS": platform["kafka"],
    }
    keys = signing_key(folder, f"audit-{service}")
    command = [sys.executable, "-m", "chassis.audit", "verify", "--package", PACKAGES[service], "--keys", str(keys)]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
