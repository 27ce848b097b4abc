"""What a platform is made of on this machine: found out, configured and written down before anything starts."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from chassis import machine_time
from deploy.local import clamd, gateway, idp, kafka, postgres, services
from deploy.local.node import pages_parts
from deploy.local.place import Place
from deploy.local.ports import LOCALHOST
from deploy.local.private import accounts, secrets_in, sign_ins, write_demo_people
from deploy.local.program import Program
from deploy.local.supervisor import Group
from deploy.local.trouble import Trouble

NO_SCANNER = 'WARNING: no malware scanner: uploaded files stay "not scanned" and cannot be downloaded. {why}'


@dataclass(frozen=True)
class Plan:
    """All that is known before anything starts."""

    around: services.Surroundings
    broker: kafka.Choice
    warnings: Sequence[str]
    parts: Group
    """What comes from elsewhere: database, broker, identity provider, scanner."""
    edges: Group
    """What is ours and needs no broker: the services' edges, the portal, the gateway."""
    workers: Group
    """The services' workers, which start when the topics stand."""

    @property
    def groups(self) -> list[Group]:
        """Return what the supervisor keeps running, in the order in which it starts."""
        return [self.parts, self.edges, self.workers]

    def description(self) -> dict[str, object]:
        """Return what `platform.json` tells tests and tools."""
        around = self.around
        return {
            "gateway": around.place.public_url,
            "kafka": around.kafka,
            "identity_provider": around.identity_provider,
            "databases": {
                service: {role: services.database_url(around, service, role) for role in ("migrator", "login")}
                for service in services.PACKAGES
            },
            "admin_database": postgres.admin_url(around.place.ports["postgres"]),
            "users": sign_ins(around.secrets),
            "machines": [
                {"client_id": name, "client_secret": secret} for name, secret in around.secrets.machines.items()
            ],
        }


def make_plan(place: Place) -> Plan:
    """Write keys, passwords and configurations into the platform's folder, and say what is to run.

    Raises:
        Trouble: a part is missing and cannot be fetched
    """
    folder, ports, known = place.folder, place.ports, secrets_in(place.folder)
    with ThreadPoolExecutor() as threads:  # each may fetch something, or start a program to look
        broker = threads.submit(kafka.choose)
        stand_in = threads.submit(_prepare_identity_provider, place)
        pages = threads.submit(pages_parts)
        postgres.prepare(folder / "postgres")
        gateway.prepare(place)
        pages.result()
        scanner, warnings = _scanner(place)
        around = services.Surroundings(
            place=place,
            secrets=known,
            kafka=broker.result().servers or f"{LOCALHOST}:{ports['kafka']}",
            real_broker=broker.result().real,
            identity_provider=idp.issuer(ports["idp"]),
            client_id=idp.CLIENT_ID,
            client_secret=stand_in.result(),
            demo_people=write_demo_people(folder, known),
            first_run=_first_run(folder),
            scanner=bool(scanner),
        )
    parts = [
        postgres.program(folder / "postgres", ports["postgres"]),
        *_broker(place, broker.result(), warnings),
        idp.program(folder / "idp", ports["idp"]),
        *scanner,
    ]
    edges = [*services.edges(around), services.portal(around), gateway.program(place)]
    return Plan(
        around,
        broker.result(),
        warnings,
        parts=Group("parts", parts),
        edges=Group("edges", edges),
        workers=Group("workers", services.workers(around)),
    )


def _prepare_identity_provider(place: Place) -> str:
    client = idp.Client(
        redirect_uris=(f"{place.public_url}/api/identity/callback",),
        post_logout_redirect_uris=(place.public_url, f"{place.public_url}/"),
    )
    people = accounts(secrets_in(place.folder))
    return idp.prepare(place.folder / "idp", place.ports["idp"], people, client)


def _broker(place: Place, choice: kafka.Choice, warnings: list[str]) -> list[Program]:
    data, port = place.folder / "kafka", place.ports["kafka"]
    if choice.kind == "given":
        return []
    if choice.real:
        kafka.prepare(data, port, place.ports["kafka_controller"])
        return [kafka.program(data, port)]
    warnings.append(f"{kafka.FALL_BACK_WARNING} ({choice.reason})")
    return [kafka.fall_back_program(port)]


def _scanner(place: Place) -> tuple[list[Program], list[str]]:
    data, port = place.folder / "clamd", place.ports["clamd"]
    try:
        clamd.find_clamd()
    except Trouble as missing:
        return [], [NO_SCANNER.format(why=missing)]
    clamd.prepare(data, port)
    return [clamd.program(data, port)], []


def _first_run(folder: Path) -> str:
    """Return the (Eastern) date of this platform's first run, from which the made-up rounds' calendars are counted."""
    file = folder / "first-run"
    if not file.exists():
        from chassis.calendar import eastern_day

        file.write_text(eastern_day(machine_time.now()).isoformat())
    return file.read_text()
