import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def built(folder: str) -> list[dict[str, Any]]:
    """What Kustomize makes of a folder of deploy/kubernetes."""
    if not shutil.which("kubectl"):
        pytest.skip("kubectl, which puts the manifests together, is not installed")
    made = subprocess.run(
        ["kubectl", "kustomize", DEPLOY / "kubernetes" / folder], capture_output=True, text=True, check=True
    )
    return list(yaml.safe_load_all(made.stdout))


@pytest.fixture(scope="session", params=["production", "test"])
def manifests(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    return built(f"overlays/{request.param}")


@pytest.fixture(scope="session")
def production() -> list[dict[str, Any]]:
    return built("overlays/production")


@pytest.fixture(scope="session")
def databases() -> list[dict[str, Any]]:
    return built("postgres")
