"""Apache Kafka's jars by Maven coordinates: through `mvn` where the machine has it, else through the wheel `jgo`."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from deploy.local.cache import cache_folder, only_one_fetches
from deploy.local.trouble import Trouble

VERSION = "4.1.1"
COORDINATES = (
    f"org.apache.kafka:kafka_2.13:{VERSION}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.24.3",
)
COMPLETE = ".complete"
"""A file written last: a folder without it was left half filled."""


def kafka_jars() -> Path:
    """Return the folder with the broker's jars, fetching them the first time (43 MB).

    Raises:
        Trouble: they are not here and cannot be fetched
    """
    jars = cache_folder() / f"kafka-{VERSION}"
    if (jars / COMPLETE).exists():
        return jars
    with only_one_fetches("kafka"):
        if not (jars / COMPLETE).exists():
            shutil.rmtree(jars, ignore_errors=True)
            jars.mkdir()
            _fetch(jars)
            (jars / COMPLETE).touch()
    return jars


def _fetch(jars: Path) -> None:
    problems = []
    for way in (_through_maven, _through_jgo):
        try:
            way(jars)
        except Trouble as trouble:
            problems.append(str(trouble))
        else:
            return
    msg = (
        "Apache Kafka's jars could not be fetched by their Maven coordinates: connect to a Maven repository once, "
        f"or name a running broker in KAFKA_BOOTSTRAP_SERVERS. ({'; '.join(problems)})"
    )
    raise Trouble(msg)


def _through_maven(jars: Path) -> None:
    mvn = shutil.which("mvn")
    if mvn is None:
        msg = "mvn is not installed"
        raise Trouble(msg)
    with tempfile.TemporaryDirectory() as folder:
        pom = Path(folder) / "pom.xml"
        pom.write_text(_pom())
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


def _pom() -> str:
    """Return a project that depends on the broker and nothing else."""
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version></dependency>"
        for group, artifact, version in (coordinate.split(":") for coordinate in COORDINATES)
    )
    return (
        "<project><modelVersion>4.0.0</modelVersion>"
        "<groupId>connexion</groupId><artifactId>broker</artifactId><version>1</version>"
        f"<dependencies>{dependencies}</dependencies></project>"
    )


def _through_jgo(jars: Path) -> None:
    try:
        import jgo

        chosen: dict[str, Any] = {}
        for coordinate in COORDINATES:  # one by one: together, one's dependency management would rule the other
            for artifact in jgo.resolve(coordinate):
                chosen.setdefault(artifact.artifactId, artifact)
        for artifact in chosen.values():
            shutil.copy2(artifact.resolve(), jars)
    except Exception as problem:
        msg = f"jgo: {type(problem).__name__}: {problem}"
        raise Trouble(msg) from problem
