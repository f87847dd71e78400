"""Imports point one way, between the packages and between their rooms (docs/ARCHITECTURE.md).

The rules and the wire are pure: standard library only, no input or output, no clock. A command may
import whatever it drives; everything else keeps to its room.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from click import Context

from rachel.cli import main

ROOT = Path(__file__).parents[1]

PACKAGES = ("rachel", "rachel_server", "rachel_tui")

# Of the standard library, what reaches outside: the network, files, processes, clocks, chance.
IMPURE = {
    "asyncio", "concurrent", "ftplib", "http", "io", "logging", "multiprocessing", "os", "pathlib",
    "sched", "secrets", "select", "selectors", "shutil", "signal", "smtplib", "socket",
    "socketserver", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time",
    "urllib", "uuid",
}  # fmt: skip
PURE_LIBRARY = sys.stdlib_module_names - IMPURE

# Which rooms a room may import, itself left out. A room is a package, or a module beside them;
# where a module of a room is named, only that module may be imported.
ROOMS = {
    "rachel.text": set(),
    "rachel.address": {"rachel.text"},
    "rachel.levels": set(),
    "rachel.rules": set(),
    "rachel.rubp": set(),
    "rachel.telling": {"rachel.rules", "rachel.rubp"},
    "rachel.formats": {"rachel.rules", "rachel.text"},
    "rachel.bots": {"rachel.levels", "rachel.rules"},
    "rachel.lessons": {"rachel.rules"},
    "rachel.client": {"rachel.rules", "rachel.rubp", "rachel.text"},
    "rachel.simulation": {"rachel.rules", "rachel.bots", "rachel.formats"},
    "rachel.form": set(),
    "rachel.cli": {"rachel.__version__", "rachel.form"},
    "rachel.entry": {"rachel.cli"},
    "rachel.commands": {
        "rachel.rules",
        "rachel.bots",
        "rachel.formats",
        "rachel.simulation",
        "rachel.text",
    },
    "rachel_tui.words": set(),
    "rachel_tui.games": {"rachel_tui.words"},
    "rachel_tui.paths": set(),
    "rachel_tui.net": {"rachel_tui.paths"},
    "rachel_tui.keep": {"rachel_tui.games", "rachel_tui.net", "rachel_tui.paths"},
    "rachel_tui.aftermath": {"rachel_tui.games", "rachel_tui.keep"},
    "rachel_tui.found_game": {"rachel_tui.games", "rachel_tui.net", "rachel_tui.paths"},
    "rachel_tui.place": {"rachel_tui.aftermath", "rachel_tui.net"},
    "rachel_tui.host_desk": {"rachel_tui.games", "rachel_tui.net", "rachel_tui.place"},
    "rachel_tui.patience": set(),
    "rachel_tui.turn_clock": set(),
    "rachel_tui.own_seat": {
        "rachel_tui.keep", "rachel_tui.net", "rachel_tui.place", "rachel_tui.words",
    },
    "rachel_tui.sitting": {
        "rachel_tui.aftermath", "rachel_tui.games", "rachel_tui.host_desk", "rachel_tui.net",
        "rachel_tui.keep", "rachel_tui.own_seat", "rachel_tui.patience", "rachel_tui.place",
        "rachel_tui.turn_clock", "rachel_tui.words",
    },
    "rachel_tui.whereabouts": {"rachel_tui.net", "rachel_tui.sitting"},
    "rachel_tui.hosts": {"rachel_tui.keep", "rachel_tui.net", "rachel_tui.place"},
    "rachel_tui.home": {
        "rachel_tui.hosts", "rachel_tui.keep.lessons", "rachel_tui.net", "rachel_tui.place",
        "rachel_tui.words",
    },
    "rachel_tui.bot": {"rachel_tui.net"},
    "rachel_tui.plain": {
        "rachel_tui.found_game", "rachel_tui.games", "rachel_tui.home", "rachel_tui.hosts",
        "rachel_tui.keep.album", "rachel_tui.keep.lessons", "rachel_tui.keep.settings",
        "rachel_tui.net", "rachel_tui.paths", "rachel_tui.place", "rachel_tui.sitting",
        "rachel_tui.whereabouts", "rachel_tui.words",
    },
    "rachel_tui.themes": {"rachel_tui.keep.settings", "rachel_tui.keep.meant"},
    "rachel_tui.filters": {"rachel_tui.words"},
    "rachel_tui.bound": {"rachel_tui.keep.settings"},
    "rachel_tui.dressed": {
        "rachel_tui.background", "rachel_tui.bound", "rachel_tui.calling", "rachel_tui.drawn",
        "rachel_tui.filters", "rachel_tui.keep.settings", "rachel_tui.mended", "rachel_tui.opening",
        "rachel_tui.themes", "rachel_tui.widgets.settings",
    },
    "rachel_tui.background": set(),
    "rachel_tui.calling": set(),
    "rachel_tui.repeats": set(),
    "rachel_tui.in_order": set(),
    "rachel_tui.keys": {"rachel_tui.background"},
    "rachel_tui.far": {
        "rachel_tui.app", "rachel_tui.dressed", "rachel_tui.home", "rachel_tui.keep.settings",
        "rachel_tui.keys", "rachel_tui.net", "rachel_tui.place", "rachel_tui.plain",
        "rachel_tui.sitting",
        "rachel_tui.words",
    },
    "rachel_tui.widgets": {
        "rachel_tui.bound", "rachel_tui.games", "rachel_tui.keep.settings", "rachel_tui.net",
        "rachel_tui.words",
    },
    "rachel_tui.screens": {
        "rachel_tui.bound", "rachel_tui.found_game", "rachel_tui.games", "rachel_tui.home",
        "rachel_tui.hosts", "rachel_tui.in_order", "rachel_tui.keep.album",
        "rachel_tui.keep.hosts", "rachel_tui.keep.lessons", "rachel_tui.keep.settings",
        "rachel_tui.net", "rachel_tui.paths", "rachel_tui.place", "rachel_tui.sitting",
        "rachel_tui.whereabouts", "rachel_tui.widgets", "rachel_tui.words",
    },
    "rachel_tui.keyed": {
        "rachel_tui.dressed", "rachel_tui.in_order", "rachel_tui.keep.settings",
        "rachel_tui.repeats", "rachel_tui.screens.answering",
    },
    "rachel_tui.panels": {"rachel_tui.keyed", "rachel_tui.screens"},
    "rachel_tui.table_flow": {
        "rachel_tui.net", "rachel_tui.panels", "rachel_tui.place", "rachel_tui.screens",
        "rachel_tui.sitting", "rachel_tui.whereabouts", "rachel_tui.words",
    },
    "rachel_tui.drawn": set(),
    "rachel_tui.mended": set(),
    "rachel_tui.opening": set(),
    "rachel_tui.app": {
        "rachel_tui.dressed", "rachel_tui.games", "rachel_tui.home", "rachel_tui.hosts",
        "rachel_tui.net", "rachel_tui.place", "rachel_tui.screens", "rachel_tui.sitting",
        "rachel_tui.table_flow", "rachel_tui.words",
    },
    "rachel_server.core": set(),
    "rachel_server.store": {"rachel_server.core.entries"},
    "rachel_server.ops": {"rachel_server.core", "rachel_server.store"},
    "rachel_server.accounts": {
        "rachel_server.core.entries", "rachel_server.core.names", "rachel_server.ops.reached",
        "rachel_server.ops.secrets", "rachel_server.ops.settings", "rachel_server.store",
    },
    "rachel_server.edge": {"rachel_server.core", "rachel_server.ops.log_ids"},
    "rachel_server.runtime": {"rachel_server.core", "rachel_server.edge"},
    "rachel_server.fakes": {"rachel_server.core", "rachel_server.edge", "rachel_server.runtime"},
    "rachel_server.http": {
        "rachel_server.accounts", "rachel_server.core", "rachel_server.edge", "rachel_server.ops",
        "rachel_server.runtime", "rachel_server.store",
    },
    "rachel_server.app": {
        "rachel_server.accounts.account", "rachel_server.accounts.keys",
        "rachel_server.accounts.mail_texts", "rachel_server.core", "rachel_server.desk",
        "rachel_server.edge", "rachel_server.http", "rachel_server.ops", "rachel_server.runtime",
        "rachel_server.store",
    },
    "rachel_server.desk": {
        "rachel_server.accounts", "rachel_server.core", "rachel_server.edge.limits",
        "rachel_server.edge.ssh_desk", "rachel_server.runtime", "rachel_server.store.journal",
    },
    "rachel_server.embedded": {
        "rachel_server.core", "rachel_server.edge", "rachel_server.runtime", "rachel_server.store",
    },
    "rachel_server.commands": {
        "rachel_server.accounts", "rachel_server.app", "rachel_server.core",
        "rachel_server.edge", "rachel_server.ops", "rachel_server.store",
    },
}  # fmt: skip


def modules(package: str, *, without: tuple[str, ...] = ()) -> list[Path]:
    """Return the files of a package, some folders or modules in it left out."""
    files = sorted((ROOT / package).rglob("*.py"))
    left_out = {ROOT / package / folder for folder in without}
    kept = [file for file in files if not left_out & {file, *file.parents}]
    assert kept
    return kept


def imports(tree: ast.Module, *, lazy: bool = True) -> Iterator[str]:
    """Yield the name of everything imported; ``lazy`` includes what is not imported at once."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        if lazy or not waits(node):
            pending += ast.iter_child_nodes(node)


def waits(node: ast.AST) -> bool:
    """Tell whether what a node imports is not imported with its module."""
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def imported(file: Path, *, lazy: bool = True) -> set[str]:
    return set(imports(ast.parse(file.read_text(encoding="utf-8")), lazy=lazy))


def roots(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize(
    "file", modules("rachel", without=("cli", "commands", "entry.py")), ids=name_of
)
def test_the_rules_know_only_the_pure_standard_library(file: Path) -> None:
    names = imported(file)
    # mypyc's types of machine words are never imported when anything runs.
    assert roots(names) <= PURE_LIBRARY | {"rachel", "mypy_extensions"}
    assert "mypy_extensions" not in imported(file, lazy=False)
    assert not any(name.startswith(("rachel.cli.", "rachel.commands.")) for name in names)


COMMANDS = [
    file
    for package in (
        "rachel/cli",
        "rachel/commands",
        "rachel_server/commands",
        "rachel_tui/commands",
    )
    for file in modules(package)
]


@pytest.mark.parametrize("file", COMMANDS, ids=name_of)
def test_commands_import_heavy_things_lazily(file: Path) -> None:
    names = imported(file, lazy=False)
    ours = {"rachel", "rachel_server", "rachel_tui"}
    assert roots(names) <= sys.stdlib_module_names | {"click"} | ours
    package = name_of(file).partition("/")[0]
    for name in names:
        if name.startswith(("rachel_server", "rachel_tui")):
            assert name.startswith(f"{package}.commands")


@pytest.mark.parametrize("file", modules("rachel_server", without=("commands",)), ids=name_of)
def test_the_server_knows_no_terminal(file: Path) -> None:
    names = imported(file)
    assert not roots(names) & {"rachel_tui", "textual", "rich"}
    assert not any(name.startswith(("rachel.cli.", "rachel_server.commands.")) for name in names)


@pytest.mark.parametrize("file", modules("rachel_tui", without=("commands",)), ids=name_of)
def test_the_terminal_knows_no_server(file: Path) -> None:
    names = imported(file)
    assert not roots(names) & {"rachel_server", "sqlalchemy", "aiohttp"}
    assert not any(name.startswith(("rachel.cli.", "rachel_tui.commands.")) for name in names)


def test_server_and_terminal_meet_in_few_commands_only() -> None:
    """A solo game has a server of its own; people who come over SSH are shown a terminal here."""
    both = {"rachel_server", "rachel_tui"}
    meeting = {name_of(file) for file in COMMANDS if roots(imported(file)) >= both}
    ssh = {
        f"rachel_server/commands/{name}.py" for name in ("ssh_guest", "ssh_visits", "ssh_worker")
    }
    assert meeting == {"rachel_tui/commands/solo.py", *ssh}


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_only_the_rooms_below_them(room: str) -> None:
    path = ROOT / room.replace(".", "/")
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    package = room.partition(".")[0]
    allowed = tuple(f"{it}." for it in (room, *ROOMS[room]))
    for file in files:
        for name in imported(file):
            if name.startswith(f"{package}."):
                assert f"{name}.".startswith(allowed), f"{name_of(file)}: {name}"


def test_every_module_of_the_server_is_in_a_room() -> None:
    rooms = {path.stem for path in (ROOT / "rachel_server").iterdir() if path.suffix in {"", ".py"}}
    named = {room.partition(".")[2] for room in ROOMS if room.startswith("rachel_server.")}
    assert rooms - {"__init__", "__pycache__", "migrations"} == named


def test_the_map_names_every_room() -> None:
    page = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\w+", page.split("```")[1]))
    for folder in (*PACKAGES, "rachel_server/core", "rachel_server/edge"):
        rooms = {it.stem for it in (ROOT / folder).iterdir() if it.suffix in {"", ".py"}}
        assert {it for it in rooms if not it.startswith("__")} - {"migrations"} <= named, folder


def test_no_rooms_import_each_other_in_a_circle() -> None:
    graph = {room: {room_of(name) for name in below} for room, below in ROOMS.items()}
    TopologicalSorter(graph).prepare()


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Not even late, or for their types; but a game and what hashes it know each other."""
    files = {module_of(file): file for package in PACKAGES for file in modules(package)}
    graph = {
        module: {name for name in imported(file) if name in files and name != module}
        for module, file in files.items()
    }
    del graph["rachel.rules.game"]
    TopologicalSorter(graph).prepare()


def module_of(file: Path) -> str:
    name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def room_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


def test_every_module_of_the_client_is_in_a_room_or_a_command() -> None:
    for file in modules("rachel_tui", without=("commands",)):
        room = ".".join(file.relative_to(ROOT).with_suffix("").parts[:2])
        assert room in ROOMS or room == "rachel_tui.__init__", room


# What belongs to the process: only commands touch it, and hand over to the client what it needs.
PROCESS = {
    "os": {"_exit", "environ", "getenv", "isatty", "read", "kill"},
    "sys": {"exit", "stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__", "argv"},
}


@pytest.mark.parametrize("file", modules("rachel_tui", without=("commands",)), ids=name_of)
def test_the_terminal_takes_nothing_from_its_process(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert "signal" not in imported(file)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert node.attr not in PROCESS.get(node.value.id, set()), ast.unparse(node)


@pytest.mark.parametrize("file", modules("rachel_server", without=("fakes",)), ids=name_of)
def test_no_server_stands_on_fakes(file: Path) -> None:
    assert not any(name.startswith("rachel_server.fakes") for name in imported(file))


def loaded_by(code: str) -> set[str]:
    """Return the names of the packages that a fresh interpreter has loaded after ``code``."""
    report = "import sys; print('\\nLOADED', *sorted(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ran.stdout.rpartition("LOADED ")[2].split())


def test_the_rules_load_nothing_heavy() -> None:
    loaded = roots(
        loaded_by(
            "import rachel.rules.game, rachel.client.session, rachel.bots, rachel.formats.replay"
        )
    )
    assert "rachel" in loaded
    assert not loaded & {
        "aiohttp", "aiosqlite", "alembic", "asyncio", "click", "rachel_server", "rachel_tui",
        "rich", "socket", "sqlalchemy", "textual",
    }  # fmt: skip


def test_home_is_shown_before_anything_heavy_is_loaded() -> None:
    """Home itself runs; what it does behind the first screen is left out."""
    loaded = loaded_by(
        "import rachel_tui.keep.settings_sources\n"
        "from rachel_tui.app import RachelApp\n"
        "from rachel_tui.commands import play\n"
        "from rachel_tui.dressed import Outfit\n"
        "from rachel_tui.home import Home\n"
        "RachelApp._prepare = RachelApp.action_quit\n"
        "home = Home(lambda: None, lambda: None, play.known_hosts())\n"
        "app = RachelApp(home, offered_name='', outfit=Outfit({}))\n"
        "app.run(headless=True)"
    )
    assert "rachel_tui.screens.home" in loaded
    assert not loaded & {
        "email", "hashlib", "http.client", "rachel.bots", "rachel.client", "rachel.rubp",
        "rachel.rules.game", "rachel_tui.net.host_api", "rachel_tui.screens.table",
        "rachel_tui.sitting", "secrets", "tomllib",
    }  # fmt: skip


@pytest.mark.parametrize("http_port", [None, 0])
def test_a_server_loads_what_serves_its_first_player(http_port: int | None) -> None:
    """It starts on a new folder twice; HTTP is loaded when somebody comes for it."""
    loaded = loaded_by(
        "import asyncio, pathlib, tempfile\n"
        "from rachel_server.app import Server\n"
        "from rachel_server.ops.settings import ServerSettings\n"
        "async def main(folder):\n"
        "    settings = ServerSettings(data_dir=pathlib.Path(folder), host='127.0.0.1',\n"
        f"        rubp_ports=(0,), http_port={http_port}, mdns=False)\n"
        "    for _ in 'twice':\n"
        "        async with Server(settings):\n"
        "            await asyncio.sleep(0)\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    asyncio.run(main(folder))"
    )
    assert "rachel_server.store.sqlite_writer" in loaded
    assert not roots(loaded) & {
        "aiohttp", "aiosqlite", "alembic", "argon2", "asyncssh", "prometheus_client", "pydantic",
        "sqlalchemy",
    }  # fmt: skip


def test_the_journals_process_loads_what_writes_rows() -> None:
    loaded = loaded_by("import rachel_server.store.writing_process")
    assert not roots(loaded) & {"asyncio", "sqlalchemy"}
    assert not loaded & {"hashlib", "rachel.rules.game", "rachel_server.store.trouble"}


HEADLESS = ["net", "keep", "words", "games", "aftermath", "found_game", "sitting", "plain", "bot"]


@pytest.mark.parametrize("room", HEADLESS)
def test_rooms_of_the_client_that_need_no_textual_load_none(room: str) -> None:
    path = ROOT / "rachel_tui" / room
    names = [
        name_of(file).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")])
    ]
    assert not roots(loaded_by(f"import {', '.join(names)}")) & {"textual", "rich"}


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], *([name, "--help"] for name in main.list_commands(Context(main)))],
    ids=" ".join,
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    loaded = loaded_by(f"from rachel.cli import main; main({arguments!r}, standalone_mode=False)")
    assert "click" in loaded
    assert not roots(loaded) & {
        "aiohttp", "aiosqlite", "alembic", "rich", "sqlalchemy", "textual",
    }  # fmt: skip
    ours = {name for name in loaded if name.startswith(("rachel_server.", "rachel_tui."))}
    assert all(".commands" in name for name in ours)


def test_what_tests_share_is_in_modules_of_its_own() -> None:
    """So that moving a test breaks no other, and none is run to help another."""
    for file in modules("tests"):
        assert not any(name.startswith("test_") for name in roots(imported(file))), name_of(file)


def test_reads_imports_inside_functions_and_classes() -> None:
    """Check the checker: it sees every import, and tells lazy ones from the rest."""
    tree = ast.parse(
        "import a.b\nfrom c import d\nif a:\n import e\nclass C:\n import f\n"
        "def g():\n from h import i\nif TYPE_CHECKING:\n import j\n"
    )
    assert set(imports(tree, lazy=False)) == {"a.b", "c", "c.d", "e", "f"}
    assert set(imports(tree)) == {"a.b", "c", "c.d", "e", "f", "h", "h.i", "j"}
