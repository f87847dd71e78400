"""`rachel migrate` and `rachel rollback`, and how the commands find the database."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from databases import Database, PostgresDatabase, SqliteDatabase
from postgres_server import PostgresServer

from rachel.cli import main
from rachel_server.store.data_dir import DataDir
from rachel_server.store.migrate import current
from rachel_server.store.revisions import head, migrations

STEPS = [f"{step.revision} {step.name}" for step in migrations()]
NONE = {"DATABASE_URL": None, "RACHEL_DATA": None, "RACHEL_ENV": None}


def rachel(
    *arguments: str, environment: dict[str, str | None] | None = None
) -> tuple[int, list[str]]:
    """Run a command; return its exit code and the lines it prints."""
    result = CliRunner().invoke(main, arguments, env=NONE | (environment or {}))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output.splitlines()


def on(database: Database, *arguments: str) -> tuple[int, list[str]]:
    return rachel(*arguments, *database.options, environment={**database.environment})


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a developer's own `.env` out of this."""
    monkeypatch.chdir(tmp_path)


def where(database: Database) -> str:
    if isinstance(database, PostgresDatabase):
        return f"postgresql://rachel@127.0.0.1:{database.server.port}/{database.name}"
    return str(database.data_dir / "rachel.db")


def test_up_and_down_say_what_they_did(empty_database: Database) -> None:
    place = where(empty_database)
    todo = f"{place}: has no tables, this Rachel needs {head()}: run rachel migrate"
    assert on(empty_database, "migrate", "--status") == (
        0,
        [todo, *(f"  {step}: to do" for step in STEPS)],
    )
    done = [f"  {step}: done" for step in STEPS]
    assert on(empty_database, "migrate") == (0, [*done, f"{place}: now at {head()}"])
    assert on(empty_database, "migrate") == (0, [f"{place}: already at {head()}"])
    status = f"{place}: is at {head()}, as this Rachel needs it"
    assert on(empty_database, "migrate", "--status") == (0, [status, *done])
    before = migrations()[-2].revision
    assert on(empty_database, "rollback") == (
        0,
        [f"  {STEPS[-1]}: taken back", f"{place}: now at {before}"],
    )
    behind = f"{place}: is at {before}, this Rachel needs {head()}: run rachel migrate"
    assert on(empty_database, "migrate", "--status")[1][0] == behind
    assert on(empty_database, "migrate") == (0, [done[-1], f"{place}: now at {head()}"])
    code, lines = on(empty_database, "rollback", "--steps", str(len(STEPS)))
    assert (code, lines[-1]) == (0, f"{place}: empty")
    assert lines[:-1] == [f"  {step}: taken back" for step in reversed(STEPS)]
    assert current(empty_database.url) is None


def test_too_many_steps_are_refused(database: Database) -> None:
    code, lines = on(database, "rollback", "--steps", "99")
    assert (code, lines) == (1, [f"Error: the database has taken {len(STEPS)} steps, not 99"])
    assert on(database, "rollback", "--steps", "0")[0] == 2
    assert current(database.url) == head()


def test_a_newer_database_is_left_alone(database: Database) -> None:
    database.change("UPDATE alembic_version SET version_num = '9999'")
    for command in ("migrate", "rollback"):
        code, lines = on(database, command)
        assert (code, len(lines)) == (1, 1)
        assert "newer version of Rachel" in lines[0]


def test_no_rollback_under_a_running_server(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "data")
    database.data_dir.mkdir()
    assert on(database, "migrate")[0] == 0
    with DataDir(database.data_dir):
        code, lines = on(database, "rollback")
    assert (code, lines) == (1, [f"Error: another server is running on {database.data_dir}"])
    assert current(database.url) == head()


def test_rollback_makes_no_folder(tmp_path: Path) -> None:
    code, lines = on(SqliteDatabase(tmp_path / "typo"), "rollback")
    assert (code, lines) == (
        1,
        [f"Error: no games in {tmp_path / 'typo'}; choose the folder with --data"],
    )
    assert list(tmp_path.iterdir()) == []


def test_the_database_is_that_of_the_option_then_the_environment_then_the_file(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("option", "environment", "file")]
    for folder in folders:
        folder.mkdir()
    (tmp_path / ".env").write_text(f"RACHEL_DATA={folders[2]}\nPORT=nonsense\n")
    in_environment: dict[str, str | None] = {"RACHEL_DATA": str(folders[1])}
    option = ("--data", str(folders[0]))
    with postgres.database() as name:
        url: dict[str, str | None] = {"DATABASE_URL": postgres.url(name)}
        asked = [
            rachel("migrate", *option, environment=url | in_environment),
            rachel("migrate", environment=url | in_environment),
            rachel("migrate", environment=in_environment),
            rachel("migrate"),
        ]
    places = [
        str(folders[0] / "rachel.db"),
        f"postgresql://rachel@127.0.0.1:{postgres.port}/{name}",
        str(folders[1] / "rachel.db"),
        str(folders[2] / "rachel.db"),
    ]
    assert [(code, lines[-1]) for code, lines in asked] == [
        (0, f"{place}: now at {head()}") for place in places
    ]


def test_production_needs_a_database_but_no_other_settings(tmp_path: Path) -> None:
    code, lines = rachel("migrate", environment={"RACHEL_ENV": "production"})
    assert code == 1
    assert len(lines) == 1
    assert lines[0].startswith("Error: environment variable DATABASE_URL is missing")
    (tmp_path / "data").mkdir()
    url = f"sqlite:///{tmp_path / 'data' / 'cards.db'}"
    environment: dict[str, str | None] = {"RACHEL_ENV": "production", "DATABASE_URL": url}
    assert rachel("migrate", environment=environment)[0] == 0
    assert (tmp_path / "data" / "cards.db").is_file()


@pytest.mark.parametrize("command", ["migrate", "rollback", "games"])
def test_a_bad_url_is_one_line_without_the_password(command: str) -> None:
    bad: dict[str, str | None] = {"DATABASE_URL": "mysql://rachel:s3cret@localhost/rachel"}
    code, lines = rachel(command, environment=bad)
    assert code == 1
    assert len(lines) == 1
    assert lines[0].startswith(
        "Error: environment variable DATABASE_URL is not a URL of PostgreSQL"
    )
    assert "s3cret" not in lines[0]
