"""Tracing of a process."""

from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

from chassis.settings import BaseServiceSettings


def start(_name: str, _settings: BaseServiceSettings) -> None:
    """Begin to trace under this service name."""


def instrument_edge(app: FastAPI) -> None:
    """Give every request a span that continues the caller's trace."""
    FastAPIInstrumentor.instrument_app(app, excluded_urls="/health/.*")
