"""The pages' own files: kept for good, compressed, and nothing else from the disk."""

import gzip
import sys
from hashlib import sha256
from pathlib import Path

import brotli
import pytest
from http_server import http_server

from rachel_server.http.assets import _packers, asset_url, assets

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


async def test_files_are_kept_for_good_and_compressed(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        for name, file in assets().items():
            url = asset_url(file.name)
            assert url == f"/static/{name}"
            assert sha256(file.body).hexdigest()[:10] in name
            for accepts in ("gzip, deflate, br", "gzip", "identity"):
                async with served.session.get(
                    served.url + url, headers={"Accept-Encoding": accepts}, auto_decompress=False
                ) as answer:
                    assert answer.status == 200
                    assert "immutable" in answer.headers["Cache-Control"]
                    assert answer.headers["Vary"] == "Accept-Encoding"
                    assert answer.headers["Content-Type"] == file.content_type
                    coding = answer.headers.get("Content-Encoding")
                    assert coding in (accepts.split(", ")[-1], None)
                    assert UNPACK[coding](await answer.read()) == file.body


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("GZIP ; q=0.2,BR ;q=0.300", "br"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("*;q=0.1, br;q=0", "gzip"),
        ("*;q=0", None),
        ("identity, br;q=0.5", None),
        ("deflate, brown", None),
        ("gzip;q=much", "gzip"),
        ("", None),
    ],
)
async def test_a_client_gets_the_coding_that_it_likes_best(
    tmp_path: Path, accepts: str, coding: str | None
) -> None:
    assert await coding_of_a_script(tmp_path, accepts) == coding


async def test_without_brotli_there_is_gzip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    request.addfinalizer(_packers.cache_clear)
    _packers.cache_clear()
    assert await coding_of_a_script(tmp_path, "gzip;q=0.5, br") == "gzip"


async def coding_of_a_script(tmp_path: Path, accepts: str) -> str | None:
    async with http_server(tmp_path) as served:
        answer = await served.ask(asset_url("play.js"), headers={"Accept-Encoding": accepts})
        assert answer.status == 200
        return answer.headers.get("Content-Encoding")


@pytest.mark.parametrize(
    "name", ["cards.js", "..%2f..%2fpyproject.toml", "x", "cards.0000000000.js"]
)
async def test_nothing_else_is_served(tmp_path: Path, name: str) -> None:
    async with http_server(tmp_path) as served:
        assert (await served.ask(f"/static/{name}")).status == 404
