"""Every test, of a service or across services, may ask for the fixtures of `tests/infrastructure`."""

pytest_plugins = ("tests.infrastructure.fixtures",)
