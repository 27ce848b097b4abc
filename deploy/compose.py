"""Writes what deploy/compose.yaml reads from `.local/compose`, and says who can sign in: `python -m deploy.compose`.

Passwords, the identity provider stand-in's people and its keys are made at the first run and kept afterwards.
"""

import json
import secrets
from pathlib import Path

from chassis import machine_time
from deploy.local import idp
from deploy.local.place import REPOSITORY
from deploy.local.private import accounts, secrets_in, sign_ins, write_demo_people

FOLDER = REPOSITORY / ".local" / "compose"
PUBLIC_URL = "http://localhost:8080"
IDP_PORT = 9400


def main() -> None:
    """Write the files, then print the sign-ins and the command that comes next."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    FOLDER.chmod(0o700)  # the files in it are readable by the containers' user, this folder by its owner only
    known = secrets_in(FOLDER)
    write_demo_people(FOLDER, known).chmod(0o644)
    client_secret = _identity_provider(accounts(known))
    environment = FOLDER / "environment"
    if not environment.exists():
        environment.write_text(
            f"CONNEXION_PASSWORD={secrets.token_urlsafe(24)}\n"
            f"CONNEXION_CLIENT_SECRET={client_secret}\n"
            f"CONNEXION_FIRST_RUN={machine_time.now().date().isoformat()}\n"
        )
    for person in sign_ins(known):
        print(f"{person['user_id']}  {person['password']}  {person['role']}  {person['organization'] or ''}")
    print("\ndocker compose --env-file .local/compose/environment --file deploy/compose.yaml up --detach --wait")


def _identity_provider(people: list[dict[str, str]]) -> str:
    """Configure the stand-in for its container and return its client's secret."""
    client = idp.Client((f"{PUBLIC_URL}/api/identity/callback",), (PUBLIC_URL, f"{PUBLIC_URL}/"))
    secret = idp.prepare(FOLDER / "idp", IDP_PORT, people, client)
    file: Path = FOLDER / "idp" / "configuration.json"
    configuration = json.loads(file.read_text())
    configuration |= {"host": "0.0.0.0", "storage": "/var/lib/idp/sessions.sqlite"}  # noqa: S104  inside a container
    file.write_text(json.dumps(configuration))
    file.chmod(0o644)
    return secret


if __name__ == "__main__":
    main()
