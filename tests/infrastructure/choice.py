"""Which provider serves the tests."""

import os
from functools import cache
from importlib import import_module
from typing import Any

from tests.infrastructure.interface import Provider
from tests.infrastructure.local import LocalProvider

CHOICES = ("auto", "local", "containers")


@cache
def chosen_provider() -> tuple[str, str]:
    """Return the provider's name and why it is this one.

    Raises:
        ValueError: `CONNEXION_TEST_PROVIDER` names neither
        RuntimeError: containers were asked for and cannot be had
    """
    asked = os.environ.get("CONNEXION_TEST_PROVIDER", "auto")
    if asked not in CHOICES:
        msg = f"CONNEXION_TEST_PROVIDER is {asked!r}; it may be {', '.join(CHOICES)}"
        raise ValueError(msg)
    if asked == "local":
        return "local", "asked for by CONNEXION_TEST_PROVIDER"
    problem = why_no_containers()
    if problem is None:
        return "containers", "a Docker engine answers"
    if asked == "containers":
        msg = f"CONNEXION_TEST_PROVIDER asks for containers, but {problem}"
        raise RuntimeError(msg)
    return "local", problem


def new_provider() -> Provider:
    """Return the chosen provider, with nothing started.

    Raises:
        ValueError, RuntimeError: as `chosen_provider`
    """
    name, _ = chosen_provider()
    if name == "containers":
        provider: Provider = _containers().ContainersProvider()
        return provider
    return LocalProvider()


def why_no_containers() -> str | None:
    """Return what keeps us from testcontainers, None where nothing does."""
    try:
        reason: str | None = _containers().why_not()
    except ImportError as missing:
        return f"testcontainers cannot be imported ({missing})"
    return reason


def _containers() -> Any:
    """Import the other provider only here: the local one works where testcontainers is not installed."""
    return import_module("tests.infrastructure.containers")
