"""What the shell completes of the commands' words."""

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from rachel.cli import main
from rachel_tui.keep import hosts
from rachel_tui.keep.hosts import VisitedHost


def test_hosts_that_were_visited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for address in ("cards.example.org", "example.org:2000"):
        hosts.remember(hosts.default_path(), VisitedHost(address, False, "Ann", 1.0))
    shell = ShellComplete(main, {}, "rachel", "_RACHEL_COMPLETE")
    for command in ("play", "watch", "login", "logout", "whoami", "bot"):
        found = [item.value for item in shell.get_completions([command], "ex")]
        assert found == ["example.org:2000"], command
