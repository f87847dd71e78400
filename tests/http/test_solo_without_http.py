"""A solo game's server does not speak HTTP, and does not even load what that takes."""

import json
import subprocess
import sys
from pathlib import Path

_PLAY_ALONE = """
import json, sys
from pathlib import Path
from rachel_server.embedded import EmbeddedServer

data_dir = Path(sys.argv[1])
with EmbeddedServer(data_dir, seats=2, bot_level="beginner", bot_delay_s=0.0):
    ports = json.loads((data_dir / "ports.json").read_text())
print(json.dumps([ports, sorted(sys.modules)]))
"""


def test_embedded_server_has_no_http(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _PLAY_ALONE, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    ports, loaded = json.loads(ran.stdout)
    assert ports == {"rubp": []}
    packages = {name.partition(".")[0] for name in loaded}
    assert not packages & {"aiohttp", "prometheus_client", "psycopg", "sentry_sdk", "structlog"}
    assert not [name for name in loaded if name.startswith("rachel_server.http")]
    assert "rachel_server.ops.metrics" not in loaded
