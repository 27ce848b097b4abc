"""Java programs by their Maven coordinates: through `mvn` where the machine has it, else through the wheel `jgo`."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deploy.local.cache import cache_folder, only_one_fetches
from deploy.local.trouble import Trouble

COMPLETE = ".complete"
"""A file written last: a folder without it was left half filled."""


def jars_of(name: str, coordinates: Sequence[str]) -> Path:
    """Return the folder with these artifacts and all they need, fetching them the first time.

    `name` tells one set, with its version, from others in the cache.

    Raises:
        Trouble: they are not here and cannot be fetched; it says which way failed how
    """
    jars = cache_folder() / name
    if (jars / COMPLETE).exists():
        return jars
    with only_one_fetches(name):
        if not (jars / COMPLETE).exists():
            shutil.rmtree(jars, ignore_errors=True)
            jars.mkdir()
            _fetch(jars, coordinates)
            (jars / COMPLETE).touch()
    return jars


def _fetch(jars: Path, coordinates: Sequence[str]) -> None:
    problems = []
    for way in (_through_maven, _through_jgo):
        try:
            way(jars, coordinates)
        except Trouble as trouble:
            problems.append(str(trouble))
        else:
            return
    raise Trouble("; ".join(problems))


def _through_maven(jars: Path, coordinates: Sequence[str]) -> None:
    mvn = shutil.which("mvn")
    if mvn is None:
        msg = "mvn is not installed"
        raise Trouble(msg)
    with tempfile.TemporaryDirectory() as folder:
        pom = Path(folder) / "pom.xml"
        pom.write_text(_pom(coordinates))
        fetched = subprocess.run(
            [
                *(mvn, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"),
                *("-DincludeScope=runtime", f"-DoutputDirectory={jars}"),
            ],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    if fetched.returncode != 0:
        msg = f"mvn: {(fetched.stdout or fetched.stderr).strip().splitlines()[0]}"
        raise Trouble(msg)


def _pom(coordinates: Sequence[str]) -> str:
    """Return a project that depends on these artifacts and nothing else."""
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version></dependency>"
        for group, artifact, version in (coordinate.split(":") for coordinate in coordinates)
    )
    return (
        "<project><modelVersion>4.0.0</modelVersion>"
        "<groupId>connexion</groupId><artifactId>jars</artifactId><version>1</version>"
        f"<dependencies>{dependencies}</dependencies></project>"
    )


def _through_jgo(jars: Path, coordinates: Sequence[str]) -> None:
    try:
        import jgo

        chosen: dict[str, Any] = {}
        for coordinate in coordinates:  # one by one: together, one's dependency management would rule the other
            for artifact in jgo.resolve(coordinate):
                chosen.setdefault(artifact.artifactId, artifact)
        for artifact in chosen.values():
            shutil.copy2(artifact.resolve(), jars)
    except Exception as problem:
        msg = f"jgo: {type(problem).__name__}: {problem}"
        raise Trouble(msg) from problem
