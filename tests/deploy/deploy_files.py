"""The files of a deployment, as tests read them."""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
GUIDE: Final = ROOT / "docs/DEPLOYMENT.md"
DOCKERFILE: Final = ROOT / "Dockerfile"
COMPOSE: Final = ROOT / "compose.yaml"

_JOINED: Final = re.compile(r"\\\n\s*")
_BLOCK: Final = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SPAN: Final = re.compile(r"`(rachel [^`]+)`")


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions and what follows each, comments left out."""
    lines = (line for line in DOCKERFILE.read_text().splitlines() if not line.startswith("#"))
    joined = _JOINED.sub(" ", "\n".join(lines))
    parts = (line.partition(" ") for line in joined.splitlines() if line)
    return [(word, rest) for word, _, rest in parts]


def instruction(word: str) -> str:
    """Return what follows an instruction of the last stage, of which there is one."""
    return [rest for other, rest in instructions() if other == word][-1]


def documents(path: Path) -> list[dict[str, Any]]:
    """Return the documents of a YAML file."""
    return list(yaml.safe_load_all(path.read_text()))


def kubernetes_objects() -> list[dict[str, Any]]:
    """Return every object of the Kubernetes manifests."""
    files = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    return [document for file in files for document in documents(file)]


def containers() -> Iterator[dict[str, Any]]:
    """Yield every container of the Kubernetes manifests."""
    for found in kubernetes_objects():
        spec = found.get("spec", {})
        pod = spec.get("jobTemplate", {}).get("spec", spec).get("template", {}).get("spec", {})
        yield from pod.get("initContainers", [])
        yield from pod.get("containers", [])


def unit_lines(name: str) -> list[tuple[str, str]]:
    """Return the settings of a systemd unit in order, with its escapes undone."""
    lines = (DEPLOY / "systemd" / name).read_text().splitlines()
    parts = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return [(key, value.replace("%%", "%")) for key, _, value in parts]


def shell_blocks() -> list[str]:
    """Return the blocks of shell commands in the guide."""
    return _BLOCK.findall(GUIDE.read_text())


def fly() -> dict[str, Any]:
    """Return the settings for Fly.io."""
    return tomllib.loads((DEPLOY / "fly/fly.toml").read_text())


def render() -> dict[str, Any]:
    """Return the only service for Render."""
    [service] = documents(DEPLOY / "render/render.yaml")[0]["services"]
    assert isinstance(service, dict)
    return service


def heroku() -> dict[str, Any]:
    """Return the app for Heroku."""
    app = json.loads((DEPLOY / "heroku/app.json").read_text())
    assert isinstance(app, dict)
    return app


def commands() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every ``rachel`` command with its arguments, and where it stands."""
    texts = [("Dockerfile", shlex.join(json.loads(instruction("CMD"))))]
    for name, service in documents(COMPOSE)[0]["services"].items():
        command = service.get("command", [])
        script = command[-1] if command[:2] == ["sh", "-c"] else shlex.join(command)
        texts += [(f"compose.yaml {name}", line) for line in script.splitlines()]
    texts += [("kubernetes", shlex.join(it.get("command", []))) for it in containers()]
    for unit in ("rachel.service", "rachel-backup.service"):
        texts += [(unit, value) for key, value in unit_lines(unit) if key.startswith("Exec")]
    texts += [("fly.toml", fly()["deploy"]["release_command"])]
    texts += [("render.yaml", render()["preDeployCommand"])]
    [manifest] = documents(DEPLOY / "heroku/heroku.yml")
    texts += [
        ("heroku.yml", it) for it in (*manifest["release"]["command"], manifest["run"]["web"])
    ]
    texts += [("guide", line) for block in shell_blocks() for line in block.splitlines()]
    texts += [("guide, in words", span) for span in _SPAN.findall(GUIDE.read_text())]
    for where, text in texts:
        for arguments in _called(text):
            yield where, arguments


def _called(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the arguments of each ``rachel`` in a line of shell.

    Users and containers have that name, too: the command is the last one with a word after it.
    """
    for part in re.split(r"\|\||&&|[;|()\n]|\s#\s", text):
        words = shlex.split(part, comments=True) if _is_closed(part) else part.split()
        for i in reversed(range(len(words) - 1)):
            if (
                Path(words[i]).name == "rachel"
                and re.fullmatch(r"[a-z]+", words[i + 1])
                and words[i - 1] not in {"-u", "-o", "-g"}
            ):
                yield tuple(words[i + 1 :])
                break


def _is_closed(part: str) -> bool:
    """Tell whether what stands between separators is no half of a quotation."""
    return all(part.count(quote) % 2 == 0 for quote in "'\"")
