"""compose.yaml, read by compose itself; its checks of backups, run for real."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from deploy_files import COMPOSE, DOCKERFILE, instruction
from deploy_tools import run

SECRETS = {
    "RACHEL_HOST": "cards.example.org",
    "SECRET_KEY_BASE": "s" * 64,
    "POSTGRES_PASSWORD": "p",
}


def config(folder: Path, settings: dict[str, str], *, code: int = 0) -> str:
    """Let compose read the file beside a `.env`; return what it says."""
    shutil.copy(COMPOSE, folder)
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    where = ("--project-directory", folder, "config", "--format", "json")
    return run("docker-compose", *where, code=code)


def services(folder: Path, **settings: str) -> dict[str, Any]:
    """Return compose's services as they would be started."""
    found = json.loads(config(folder, SECRETS | settings))["services"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("missing", SECRETS)
def test_compose_starts_nothing_without(missing: str, tmp_path: Path) -> None:
    said = config(tmp_path, SECRETS | {missing: ""}, code=1)
    assert f"required variable {missing} is missing" in said


def test_server_waits_for_the_migration_and_that_for_the_database(tmp_path: Path) -> None:
    found = services(tmp_path)
    waits = {
        (name, other): wait["condition"]
        for name, service in found.items()
        for other, wait in service.get("depends_on", {}).items()
    }
    assert waits == {
        ("migrate", "db"): "service_healthy",
        ("rachel", "migrate"): "service_completed_successfully",
        ("backup", "migrate"): "service_completed_successfully",
    }
    assert "pg_isready" in found["db"]["healthcheck"]["test"]
    assert "healthcheck" not in found["rachel"]  # the image's own


def test_settings_reach_the_server_but_ports_and_folders_stay(tmp_path: Path) -> None:
    there = {"PORT": "9", "RACHEL_DATA": "/nowhere", "LISTEN_ADDRESS": "::1", "RUBP_PORT": "7"}
    found = services(tmp_path, METRICS_TOKEN="token", APP_VERSION="1.2", **there)["rachel"]
    environment = found["environment"]
    assert environment["METRICS_TOKEN"] == "token"
    assert environment["RACHEL_ENV"] == "production"
    assert environment["DATABASE_URL"] == "postgresql://rachel:p@db/rachel"
    assert [environment[name] for name in there] == ["4000", "/data", "", "1982"]
    assert found["image"] == "rachel:1.2"
    ports = {(it["target"], it.get("host_ip")) for it in found["ports"]}
    assert ports == {(1982, None), (4000, "127.0.0.1")}


def test_folders_that_volumes_cover_belong_to_the_user(tmp_path: Path) -> None:
    """A new volume is as the image's folder is; root's could not be written to."""
    found = services(tmp_path)
    made = next(part for part in instruction("RUN").split("&&") if "install -d -o rachel" in part)
    targets = {it["target"] for name in ("rachel", "backup") for it in found[name]["volumes"]}
    assert targets == {"/data", "/backups"}
    assert targets <= set(made.split())


def is_fresh(backups: Path, check: list[str]) -> bool:
    """Run the health check of the backup service on a folder."""
    assert check[0] == "CMD-SHELL"
    script = check[1].replace("/backups", str(backups))
    return subprocess.run(["sh", "-c", script], check=False).returncode == 0


def test_backups_are_healthy_while_the_last_one_is_fresh(tmp_path: Path) -> None:
    check = services(tmp_path)["backup"]["healthcheck"]["test"]
    backups = tmp_path / "backups"
    backups.mkdir()
    assert not is_fresh(backups, check)
    for name, hours in (("rachel-20260701-030000.dump.x.partial", 1), ("rachel-1.dump", 26)):
        (backups / name).touch()
        then = time.time() - 3600 * hours
        os.utime(backups / name, (then, then))
    assert not is_fresh(backups, check)
    (backups / "rachel-2.dump").touch()
    assert is_fresh(backups, check)


def test_base_image_dumps_the_database_it_comes_with(tmp_path: Path) -> None:
    """An older pg_dump refuses a newer server."""
    version = services(tmp_path)["db"]["image"].removeprefix("postgres:")
    assert f"postgresql-client-{version} " in DOCKERFILE.read_text()
