"""The server itself: its version and ports."""

from typing import Final

from rachel import __version__
from rachel_server.http.api.endpoint import Call, Model, endpoint
from rachel_server.ops.reached import pages_url


class ServerInfo(Model):
    """A server of Rachel, where people reach its pages, and where to play at it.

    If it sends no mail, its host hands out the links that its mails would have.
    """

    name: str
    version: str
    public_host: str
    url: str
    rubp_ports: tuple[int, ...]
    rubp_tls_port: int | None
    sends_mail: bool


@endpoint("GET", "/server")
async def server(call: Call) -> ServerInfo:
    """Tell the server's version, the URL of its pages, and the ports for games."""
    context = call.context
    return ServerInfo(
        name="rachel",
        version=__version__,
        public_host=context.settings.public_host,
        url=pages_url(context.settings),
        rubp_ports=context.rubp_ports,
        rubp_tls_port=context.rubp_tls_port,
        sends_mail=context.settings.sends_mail,
    )


ENDPOINTS: Final = [server]
