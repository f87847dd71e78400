"""Stands between a journal and PostgreSQL, and loses the connection over a COMMIT."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Final, Literal, Self

_COMMIT: Final = b"COMMIT"


class PostgresProxy:
    """A TCP proxy on loopback. A context manager.

    Attributes:
        port: where it listens.
        cut: when the next COMMIT loses its connection: before the server hears of it, or after the
            server has committed and before the client hears of that; None for not at all.
    """

    def __init__(self, server_port: int) -> None:
        self.cut: Literal["before", "after"] | None = None
        self._server_port = server_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._sockets: list[socket.socket] = []
        self._muted = False

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for sock in (self._listening, *self._sockets):
            _close(sock)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._sockets += [client, server]
                for work in (self._ask, self._answer):
                    threading.Thread(target=work, args=(client, server), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if self.cut is not None and _COMMIT in data:
                    self._muted, self.cut = self.cut == "after", None
                    if not self._muted:
                        break
                server.sendall(data)
        _close(client)
        _close(server)

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if self._muted:
                    self._muted = False
                    break
                client.sendall(data)
        _close(client)
        _close(server)


def _close(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
