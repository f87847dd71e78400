"""What a host who runs a server in a terminal is told: how friends come, and how it ends."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rachel.address import DEFAULT_PORT, address_text

if TYPE_CHECKING:
    from rachel_server.accounts.mail_texts import Mail
    from rachel_server.ops.settings import ServerSettings


def invitation(settings: "ServerSettings", rubp_port: int, http_port: int | None) -> Iterator[str]:
    """Yield lines about how friends come to a server and how it is stopped.

    Args:
        settings: those of the server.
        rubp_port: where it listens for games.
        http_port: where it has its pages, None for nowhere.
    """
    from rachel_server.ops.reached import reached_host
    from rachel_server.ops.setting_values import is_loopback

    only_here = is_loopback(settings.host)
    host = settings.host if only_here else reached_host(settings)
    player = host if rubp_port == DEFAULT_PORT else address_text(host, rubp_port)
    page = "" if http_port is None else f"http://{address_text(host, http_port)}"
    if only_here:
        yield f"Only this machine reaches it, at {page or player}: it listens on {host} alone."
    elif page:
        yield f"Friends join with: rachel play {page}   or in a browser: {page}/"
    else:
        yield f"Friends join with: rachel play {player}"
    yield "Ctrl-C stops it; games that run are kept, and go on when it is started again."


def handed_out(mail: "Mail") -> str:
    """Return what to do with a mail that the server cannot send; empty where nothing is to do."""
    if not mail.link:
        return ""
    what = mail.subject.removeprefix("Rachel: ")
    return f"Give {mail.username} this link, as no mail was sent ({what}):\n{mail.link}"
