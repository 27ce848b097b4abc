"""`make retention`: run the records schedule of the running platform dry, by documents-svc's own command.

Nothing is erased from here: two persons decide that on the page “Records and holds”, and the worker carries it out.
"""

import json
import os
import subprocess
import sys

from deploy.local.place import this_place


def main() -> int:
    """Print what is due and what holds keep; 2 where no platform stands."""
    place = this_place()
    if not place.description.exists():
        print("There is no platform here yet: `make run` starts it.", file=sys.stderr)
        return 2
    platform = json.loads(place.description.read_text())
    environment = {
        **os.environ,
        "CONNEXION_ENVIRONMENT": "local",
        "CONNEXION_DATABASE_URL": platform["databases"]["documents"]["login"],
        "CONNEXION_KAFKA_BOOTSTRAP_SERVERS": platform["kafka"],
        "CONNEXION_PROGRAM_TIME_FILE": str(place.folder / "program-time.json"),
    }
    command = [sys.executable, "-m", "documents_svc.retention", *sys.argv[1:]]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
