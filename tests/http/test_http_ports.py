"""The ports of HTTP: published, or an error in one piece with nothing left open."""

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from certificate import write_certificate
from http_server import HOST, http_server

from rachel_server.app import Server
from rachel_server.ops.settings import ServerSettings
from rachel_server.store.data_dir import PORTS_FILE


async def test_http_port_is_published_while_it_answers(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        assert json.loads((tmp_path / PORTS_FILE).read_text()) == {
            "rubp": served.server.rubp_ports,
            "http": [served.port],
        }
    assert not (tmp_path / PORTS_FILE).exists()


@pytest.mark.parametrize("taken", ["http_port", "https_port", "rubp_tls_port"])
async def test_port_that_is_taken(tmp_path: Path, taken: str) -> None:
    certificate, key = write_certificate(tmp_path)
    settings = ServerSettings(
        data_dir=tmp_path,
        host=HOST,
        rubp_ports=(0,),
        http_port=0,
        https_port=0,
        rubp_tls_port=0,
        tls_cert=certificate,
        tls_key=key,
        mdns=False,
    )
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(OSError, match=str(port)):
            async with Server(replace(settings, **{taken: port})):
                pass
    async with Server(settings) as server:
        assert set(server.ports) == {"rubp", "rubp_tls", "http", "https"}


async def test_https_alone(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    settings = ServerSettings(
        data_dir=tmp_path,
        host=HOST,
        rubp_ports=(0,),
        https_port=0,
        tls_cert=certificate,
        tls_key=key,
        mdns=False,
    )
    async with Server(settings) as server:
        assert set(server.ports) == {"rubp", "https"}
