"""Variables in the files of a deployment are variables that there are."""

import re

import pytest
from deploy_files import (
    COMPOSE,
    GUIDE,
    containers,
    documents,
    fly,
    heroku,
    instruction,
    kubernetes_objects,
    render,
    unit_lines,
)

from rachel_server.ops.environment import VARIABLES, load_settings

KNOWN = {variable.name for variable in VARIABLES}
ALIASES = {variable.alias for variable in VARIABLES if variable.alias}
SERVICES = documents(COMPOSE)[0]["services"]
OURS = sorted(name for name in SERVICES if name != "db")


def test_guide_explains_every_variable_and_no_other() -> None:
    settings = GUIDE.read_text().partition("\n## Settings\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in settings.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(KNOWN)
    assert set(re.findall(r"`(\w+)`", settings)) >= ALIASES


@pytest.mark.parametrize("name", OURS)
def test_compose_sets_what_there_is(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= KNOWN


def test_compose_asks_for_what_there_is() -> None:
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text()))
    assert asked - KNOWN == {"POSTGRES_PASSWORD"}  # the guide explains it below the table
    assert "\nPOSTGRES_PASSWORD" in GUIDE.read_text()


def test_every_password_of_compose_must_be_chosen() -> None:
    asked = re.findall(r"\$\{(\w*(?:SECRET|PASSWORD)\w*)(.{2})", COMPOSE.read_text())
    assert set(asked) == {("SECRET_KEY_BASE", ":?"), ("POSTGRES_PASSWORD", ":?")}


def test_hosts_set_what_there_is() -> None:
    secrets = [it["stringData"] for it in kubernetes_objects() if it["kind"] == "Secret"]
    units = [value for key, value in unit_lines("rachel.service") if key == "Environment"]
    used = {
        "fly": set(fly()["env"]),
        "render": {it["key"] for it in render()["envVars"]},
        "heroku": set(heroku()["env"]),
        "kubernetes": {it["name"] for found in containers() for it in found.get("env", [])},
        "secret": {name for secret in secrets for name in secret},
        "systemd": {unit.partition("=")[0] for unit in units},
    }
    assert all(used.values())
    assert {host: names - KNOWN for host, names in used.items() if names - KNOWN} == {}


def test_image_sets_what_there_is() -> None:
    names = {word.partition("=")[0] for word in instruction("ENV").split()}
    assert names - KNOWN == {"PATH", "PYTHONUNBUFFERED"}


@pytest.mark.parametrize(
    "plain",
    [
        pytest.param(fly()["env"], id="fly"),
        pytest.param(
            {it["key"]: it["value"] for it in render()["envVars"] if "value" in it}, id="render"
        ),
        pytest.param(
            {name: it["value"] for name, it in heroku()["env"].items() if "value" in it},
            id="heroku",
        ),
        *[
            pytest.param({it["name"]: it["value"] for it in found["env"]}, id=found["name"])
            for found in containers()
            if "env" in found
        ],
    ],
)
def test_values_are_good_ones(plain: dict[str, str]) -> None:
    """Together with the secrets that stand elsewhere they make a server for production."""
    elsewhere = {
        "DATABASE_URL": "postgresql://rachel:secret@db/rachel",
        "SECRET_KEY_BASE": "s" * 64,
    }
    assert load_settings(elsewhere | plain).production


def test_example_of_a_secret_starts_no_server() -> None:
    [secret] = [it["stringData"] for it in kubernetes_objects() if it["kind"] == "Secret"]
    with pytest.raises(Exception, match="SECRET_KEY_BASE is shorter than 64 characters"):
        load_settings(secret | {"RACHEL_ENV": "production"})
