"""Making an account at a host, in lines."""

from collections.abc import Callable

from rachel_tui.net.host_api import ApiRefusal, register
from rachel_tui.net.host_request import HostTrouble
from rachel_tui.net.lobby import Lobby
from rachel_tui.plain.lines import Lines, WentBack, ask
from rachel_tui.words.account import (
    ADDRESS,
    NOT_THE_SAME,
    PASSWORD,
    USERNAME,
    question,
    registered_text,
)


async def ask_account(lobby: Lobby, where: str, lines: Lines, say: Callable[[str], None]) -> None:
    """Make an account at the host that has a ``lobby`` and is called ``where``.

    What the host does not take is asked for again.

    Raises:
        WentBack: the player does not want one, or the host has none to give now.
    """
    given: dict[str, str] = {}
    while True:
        for field in (USERNAME, ADDRESS, PASSWORD):
            if field not in given:
                text = question(field, where, sends_mail=lobby.sends_mail)
                secret = field == PASSWORD
                given[field] = await (ask_password if secret else _ask_text)(lines, say, text)
        try:
            said = await register(lobby.url, given[USERNAME], given[ADDRESS], given[PASSWORD])
        except ApiRefusal as refusal:
            say(f"Error: {refusal}.")
            field = refusal.error.partition("_")[0]
            if given.pop(field, None) is None:
                raise WentBack from None
        except HostTrouble as trouble:
            say(f"Error: {trouble}.")
            raise WentBack from None
        else:
            say(registered_text(said))
            return


async def ask_password(lines: Lines, say: Callable[[str], None], text: str) -> str:
    """Return a new password, which is typed twice and never shown.

    Raises:
        WentBack: nothing was typed.
    """
    assert lines.hidden is not None
    with lines.hidden():
        while True:
            say(f"{text} It is not shown.")
            if not (password := await lines.get()):
                raise WentBack
            say("The same password again?")
            if not (again := await lines.get()):
                raise WentBack
            if again == password:
                return password
            say(f"{NOT_THE_SAME[:1].upper()}{NOT_THE_SAME[1:]}.")


async def _ask_text(lines: Lines, say: Callable[[str], None], text: str) -> str:
    def read(typed: str) -> str:
        if not typed:
            raise ValueError(f"{text} Or type back.")
        return typed

    return await ask(lines, say, text, read)
