"""Debian packages, where this is a Debian machine and we may install some."""

import os
import shutil
import subprocess
from collections.abc import Sequence

FOR_TESTS = ("chromium", "clamav-daemon", "kcat", "libmagic1")
"""A browser, a malware scanner, a Kafka client that is not ours, and how file types are told apart."""


def may_install() -> bool:
    """Tell whether this is Debian (or alike) and we are root."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def missing(packages: Sequence[str]) -> list[str]:
    """Return those that are not installed; all of them where this is not Debian."""
    if shutil.which("dpkg-query") is None:
        return list(packages)
    asked = ("dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n")
    known = subprocess.run([*asked, *packages], capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in known.splitlines() if line.endswith(" installed")}
    return [package for package in packages if package not in installed]


def install(packages: Sequence[str]) -> list[str]:
    """Install what is missing where we may, and return what is missing still."""
    wanted = missing(packages)
    if not wanted or not may_install():
        return wanted
    apt = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*apt, "update"], env=quiet, capture_output=True, check=False)
    for package in wanted:  # one by one: one that cannot be had does not keep the others away
        subprocess.run(
            [*apt, "install", "-y", "--no-install-recommends", package], env=quiet, capture_output=True, check=False
        )
    return missing(packages)
