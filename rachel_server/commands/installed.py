"""How this Rachel was installed, and so how one installs what only hosting needs."""

import json
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname


def hosting_text() -> str:
    """Return the command that installs what only hosting needs."""
    source, editable = _source()
    if source is not None and editable and (source / "Makefile").is_file():
        return f"make serve, in {source}"
    return f"{sys.executable} -m pip install '{source or 'rachel'}[server]'"


def _source() -> tuple[Path | None, bool]:
    """Return the folder that this was installed from, if one was, and whether it runs from there.

    Installers write that beside the package (PEP 610).
    """
    try:
        text = distribution("rachel").read_text("direct_url.json")
        known = json.loads(text or "null")
    except (PackageNotFoundError, OSError, ValueError):
        return None, False
    match known:
        case {"url": str(url), "dir_info": dict(info)} if url.startswith("file:"):
            return Path(url2pathname(urlsplit(url).path)), info.get("editable") is True
    return None, False
