"""The units, read by systemd."""

from pathlib import Path

import pytest
from deploy_files import DEPLOY, unit_lines
from deploy_tools import run

INSTALLED = "/opt/rachel/bin/rachel"
FILES = sorted(DEPLOY.glob("systemd/rachel*"))


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    command = tmp_path / "rachel"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    copies = []
    for file in FILES:
        copies.append(tmp_path / file.name)
        copies[-1].write_text(file.read_text().replace(INSTALLED, str(command)))
    assert len(copies) == 3
    assert run("systemd-analyze", "--man=no", "verify", *copies) == ""


@pytest.mark.parametrize(("unit", "exposure"), [("rachel", 15), ("rachel-backup", 25)])
def test_little_is_exposed(unit: str, exposure: int) -> None:
    """Of 100: 96 is a unit that is not confined at all."""
    file = DEPLOY / f"systemd/{unit}.service"
    run("systemd-analyze", "security", "--offline=yes", f"--threshold={exposure}", file)


@pytest.mark.parametrize("unit", ["rachel.service", "rachel-backup.service"])
def test_without_settings_nothing_goes_live(unit: str) -> None:
    """The settings are in a file that may be missing; production does not start without them."""
    lines = unit_lines(unit)
    assert ("Environment", "RACHEL_ENV=production") in lines
    assert ("WorkingDirectory", "/var/lib/rachel") in lines
    assert ("User", "rachel") in lines


def test_backups_go_where_the_unit_may_write() -> None:
    lines = dict(unit_lines("rachel-backup.service"))
    [folder] = [it for it in lines["ExecStart"].split() if it.startswith("/var")]
    assert Path(folder).parent.name in lines["StateDirectory"].split()
