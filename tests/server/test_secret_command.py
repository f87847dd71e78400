"""`rachel secret`: a key that the server takes, another one each time."""

from click.testing import CliRunner

from rachel.cli import main
from rachel_server.ops.environment import load_settings


def test_each_secret_is_new_and_good_enough_for_production() -> None:
    keys = set()
    for _ in range(3):
        result = CliRunner().invoke(main, ["secret"])
        assert result.exit_code == 0
        key = result.stdout.removesuffix("\n")
        assert key.isascii()
        assert len(key) >= 64
        environ = {"RACHEL_ENV": "production", "DATABASE_URL": "ecto://h/d", "SECRET_KEY_BASE": key}
        assert load_settings(environ).secret_key_base
        keys.add(key)
    assert len(keys) == 3
