"""Debian parts are installed where we may, and named where we may not."""

import os
import shutil
import subprocess
from types import SimpleNamespace

import pytest

from deploy.local import debian


@pytest.fixture
def apt(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Stand in for the system's package programs: nothing is installed, and installing is only noted."""
    commands: list[list[str]] = []

    def run(command, **_options):
        commands.append(list(command))
        return SimpleNamespace(stdout="kcat installed\nchromium not-installed\n", returncode=0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    return commands


def test_only_what_is_missing_is_installed(apt: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert debian.install(["kcat", "chromium"]) == ["chromium"]
    assert [command[-1] for command in apt if "install" in command] == ["chromium"]


def test_without_root_nothing_is_installed(apt: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert debian.install(["kcat", "chromium"]) == ["chromium"]
    assert not [command for command in apt if "apt-get" in command]


def test_elsewhere_everything_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert debian.install(["kcat"]) == ["kcat"]
