"""The pages' own files: kept for good, compressed, and nothing else from the disk."""

import gzip
from hashlib import sha256
from pathlib import Path

import pytest
from http_server import http_server

from rachel_server.http.assets import asset_url, assets


async def test_files_are_kept_for_good_and_compressed(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        for name, file in assets().items():
            url = asset_url(file.name)
            assert url == f"/static/{name}"
            assert sha256(file.body).hexdigest()[:10] in name
            for accepts in ("gzip, br", "identity"):
                async with served.session.get(
                    served.url + url, headers={"Accept-Encoding": accepts}, auto_decompress=False
                ) as answer:
                    assert answer.status == 200
                    assert "immutable" in answer.headers["Cache-Control"]
                    assert answer.headers["Content-Type"] == file.content_type
                    body = await answer.read()
                    if answer.headers.get("Content-Encoding") == "gzip":
                        assert accepts != "identity"
                        body = gzip.decompress(body)
                    assert body == file.body


@pytest.mark.parametrize(
    "name", ["cards.js", "..%2f..%2fpyproject.toml", "x", "cards.0000000000.js"]
)
async def test_nothing_else_is_served(tmp_path: Path, name: str) -> None:
    async with http_server(tmp_path) as served:
        assert (await served.ask(f"/static/{name}")).status == 404
