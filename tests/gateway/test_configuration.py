"""The configuration as a text: complete, valid, and the same for whoever renders it."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.local.gateway import GATEWAY, render, values
from tests.gateway.running import validate

FILES = ["local.env", "production.env"]
README = (GATEWAY / "README.md").read_text()
PAGES = "".join(page.read_text() for page in sorted((GATEWAY / "config").glob("*.yaml")))


def placeholders() -> set[str]:
    return set(re.findall(r"\$\{(\w+)\}", PAGES))


@pytest.mark.parametrize("file", FILES)
def test_every_placeholder_has_a_value_and_every_value_a_place(file: str):
    assert values(file).keys() == placeholders()


@pytest.mark.parametrize("name", sorted(placeholders()))
def test_every_placeholder_is_explained(name: str):
    generic = re.sub(r"_(BIDDING|CONTRACTS|DOCUMENTS|NOTICES|IDENTITY|PORTAL|TELEMETRY)_", "_<SERVICE>_", name)
    assert f"`{generic}`" in README


@pytest.mark.parametrize("file", FILES)
def test_envsubst_renders_the_same(file: str):
    settings = values(file)
    done = subprocess.run(
        ["envsubst"], input=PAGES, env=os.environ | settings, capture_output=True, text=True, check=True
    )
    assert done.stdout == render(settings)


def test_envoy_accepts_the_local_values(folder: Path):
    configuration = folder / "envoy.yaml"
    configuration.write_text(render(values("local.env")))
    assert "deprecated" not in validate(configuration).lower()


def test_the_readme_shows_the_public_list_as_it_is():
    configuration = yaml.safe_load(render(values("local.env")))
    filters = configuration["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    rules = next(one for one in filters["http_filters"] if one["name"] == "envoy.filters.http.jwt_authn")
    told = []
    for rule in rules["typed_config"]["rules"]:
        match = rule["match"]
        if rule["requirement_name"] == "public" and "headers" in match:
            path = match.get("path") or match["safe_regex"]["regex"]
            told.append(f"| {match['headers'][0]['string_match']['exact']} | `{path}` |")
    assert told == re.findall(r"^\| (?:GET|POST|OPTIONS) \| `[^`]+` \|", README.replace("\\|", "|"), re.MULTILINE)
