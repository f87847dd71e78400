"""A proxy in front of a server, as hosts put there, which may spoil what passes through."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, TypeAlias

HOST: Final = "127.0.0.1"
_HOP: Final = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})


@dataclass
class Passing:
    """An answer on its way through the proxy."""

    path: str
    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def without(self, name: str) -> None:
        """Drop a header."""
        self.headers = [it for it in self.headers if it[0].lower() != name.lower()]

    def set(self, name: str, value: str) -> None:
        """Replace a header."""
        self.without(name)
        self.headers.append((name, value))


Spoil: TypeAlias = Callable[[Passing], object]


@contextmanager
def proxy(
    port: int, *, spoil: Spoil | None = None, tls: tuple[Path, Path] | None = None, says: str = ""
) -> Iterator[int]:
    """Pass GET requests on to a port on this machine; yield the port to ask at.

    Args:
        port: of a server with plain HTTP.
        spoil: changes an answer.
        tls: PEM files of a certificate and its key; without them it speaks plain HTTP.
        says: what it says in X-Forwarded-Proto, if anything.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            before = self.headers.get("X-Forwarded-For")
            hops = [before, self.client_address[0]] if before else [self.client_address[0]]
            headers = {"X-Forwarded-For": ", ".join(hops), "X-Forwarded-Proto": says}
            with closing(HTTPConnection(HOST, port)) as connection:
                connection.request("GET", self.path, headers=headers)
                response = connection.getresponse()
                passing = Passing(self.path, response.status, response.getheaders())
                passing.body = response.read()
            if spoil is not None:
                spoil(passing)
            self.send_response_only(passing.status)
            for name, value in passing.headers:
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(passing.body)))
            self.end_headers()
            self.wfile.write(passing.body)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        server.daemon_threads = False
        if tls is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*tls)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
