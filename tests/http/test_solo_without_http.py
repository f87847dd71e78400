"""A solo game's server loads nothing that only hosts need."""

import json
import subprocess
import sys
from pathlib import Path

_PLAY_ALONE = """
import json, sys
from pathlib import Path
from rachel_server.embedded import EmbeddedServer

with EmbeddedServer(Path(sys.argv[1]), seats=2, bot_level="beginner", bot_delay_s=0.0):
    print(json.dumps(sorted(sys.modules)))
"""


def test_embedded_server_loads_no_host(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _PLAY_ALONE, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = json.loads(ran.stdout)
    packages = {name.partition(".")[0] for name in loaded}
    assert not packages & {"aiohttp", "aiosqlite", "alembic", "sqlalchemy"}
    assert not [name for name in loaded if name.startswith("rachel_server.http")]
