"""Imports point one way: rachel <- rachel_server, rachel <- rachel_tui (docs/ARCHITECTURE.md).

The rules and the wire are pure: standard library only, no input or output, no clock. Only the
commands in rachel/cli know everything, and they import what is heavy when it is needed.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Context

from rachel.cli import main

ROOT = Path(__file__).parents[1]

# Of the standard library, what reaches outside: the network, files, processes, clocks, chance.
IMPURE = {
    "asyncio", "concurrent", "ftplib", "http", "io", "logging", "multiprocessing", "os", "pathlib",
    "sched", "secrets", "select", "selectors", "shutil", "signal", "smtplib", "socket",
    "socketserver", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time",
    "urllib", "uuid",
}  # fmt: skip
PURE_LIBRARY = sys.stdlib_module_names - IMPURE


def modules(package: str, *, without: str = "") -> list[Path]:
    """Return the files of a package, those of one folder in it left out."""
    files = sorted((ROOT / package).rglob("*.py"))
    kept = [file for file in files if not without or ROOT / without not in file.parents]
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


@pytest.mark.parametrize("file", modules("rachel", without="rachel/cli"), ids=name_of)
def test_the_rules_know_only_the_pure_standard_library(file: Path) -> None:
    names = imported(file)
    assert roots(names) <= PURE_LIBRARY | {"rachel"}
    assert "rachel.cli" not in names


@pytest.mark.parametrize("file", modules("rachel/cli"), ids=name_of)
def test_commands_import_heavy_things_lazily(file: Path) -> None:
    assert roots(imported(file, lazy=False)) <= sys.stdlib_module_names | {"click", "rachel"}


@pytest.mark.parametrize("file", modules("rachel_server"), ids=name_of)
def test_the_server_knows_no_terminal(file: Path) -> None:
    names = imported(file)
    assert not roots(names) & {"rachel_tui", "textual", "rich"}
    assert "rachel.cli" not in names


@pytest.mark.parametrize("file", modules("rachel_tui"), ids=name_of)
def test_the_terminal_knows_no_server(file: Path) -> None:
    names = imported(file)
    assert not roots(names) & {"rachel_server", "sqlalchemy", "aiohttp"}
    assert "rachel.cli" not in names


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
    return roots(set(ran.stdout.rpartition("LOADED ")[2].split()))


def test_the_rules_load_nothing_heavy() -> None:
    loaded = loaded_by("import rachel.game, rachel.client, rachel.bots, rachel.replay")
    assert "rachel" in loaded
    assert not loaded & {
        "aiohttp", "aiosqlite", "alembic", "asyncio", "click", "rachel_server", "rachel_tui",
        "rich", "socket", "sqlalchemy", "textual",
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], *([name, "--help"] for name in main.list_commands(Context(main)))],
    ids=" ".join,
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    loaded = loaded_by(f"from rachel.cli import main; main({arguments!r}, standalone_mode=False)")
    assert "click" in loaded
    assert not loaded & {
        "aiohttp", "aiosqlite", "alembic", "rachel_server", "rachel_tui", "rich", "sqlalchemy",
        "textual",
    }  # fmt: skip


def test_reads_imports_inside_functions_and_classes() -> None:
    """Check the checker: it sees every import, and tells lazy ones from the rest."""
    tree = ast.parse(
        "import a.b\nfrom c import d\nif a:\n import e\nclass C:\n import f\n"
        "def g():\n from h import i\nif TYPE_CHECKING:\n import j\n"
    )
    assert set(imports(tree, lazy=False)) == {"a.b", "c", "c.d", "e", "f"}
    assert set(imports(tree)) == {"a.b", "c", "c.d", "e", "f", "h", "h.i", "j"}
