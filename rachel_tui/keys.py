"""What a person types: from the bytes of a terminal to Textual's events.

Textual's own parser expects UTF-8 and sequences that end. Strangers' terminals and programs send
other bytes too, and none of these may end the game or silence the keys.
"""

from codecs import getincrementaldecoder
from collections.abc import Callable
from time import monotonic
from typing import Final

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message
from textual.messages import InBandWindowResize

from rachel_tui.background import BackgroundTold, is_light

PASTE_MAX_S: Final = 1.0
"""How long a paste, or an answer, may take: until its end, which may be lost, no key counts."""

ESCAPE_S: Final = 0.01
"""How long nothing may follow an Escape that came alone, until it is known to be that key."""
FAR_ESCAPE_S: Final = 0.05
"""The same for a terminal at the other end of a line, which may cut a sequence in pieces."""
TICK_S: Final = 0.1
TICKS: Final = round(PASTE_MAX_S / TICK_S) + 2
"""How often time may complete what was typed last (see `Keys.tick`); then nothing runs."""

_LEAST_TICK_S: Final = 0.001
_ESCAPE: Final = b"\x1b"
_ANSWER_MAX: Final = 64
_REST: Final = len(BRACKETED_PASTE_START) - 1


class Keys:
    """Turns the bytes of one terminal into events, for every driver.

    Bytes that are no UTF-8 are ignored, and so is every sequence that makes no sense. A terminal
    says its size when asked (the driver does): sizes among the keys are ignored. Its answer about
    its background (`background.ASK_BACKGROUND`) becomes a message, whenever it comes.
    """

    def __init__(
        self, escape_s: float = ESCAPE_S, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._escape_s = escape_s
        self._clock = clock
        self._escape_at: float | None = None  # when one that came alone is a key
        self._decode = getincrementaldecoder("utf-8")("ignore").decode
        self._parser = XTermParser()
        self._recent = ""  # the last characters: a marker of a paste may come in pieces
        self._paste_ends_at: float | None = None
        self._answer: str | None = None  # what has come of one to a question
        self._answer_ends_at = 0.0

    @property
    def tick_s(self) -> float:
        """In how many seconds to call `tick`, if nothing is typed until then."""
        if self._escape_at is None:
            return TICK_S
        return max(_LEAST_TICK_S, self._escape_at - self._clock())

    def feed(self, data: bytes) -> list[Message]:
        """Return the events that ``data`` completes, and those that were due (see `tick`)."""
        found = self.tick()
        if self._escape_at is not None and data:
            data, self._escape_at = _ESCAPE + data, None
        elif data == _ESCAPE and self._paste_ends_at is None and self._answer is None:
            self._escape_at = self._clock() + self._escape_s
            return found
        text = self._decode(data)
        before = self._recent[-1:]
        for character in text:
            found += self._take(character, before)
            before = character
        self._watch_paste(text)
        return found

    def tick(self) -> list[Message]:
        """Return the events that time has completed; call it every `tick_s`.

        A lone Escape is a key once nothing has followed it for a moment, and a paste ends after
        PASTE_MAX_S.
        """
        found = [event for event in self._parser.tick() if _makes_sense(event)]
        if self._escape_at is not None and self._clock() >= self._escape_at:
            self._escape_at = None
            found.append(events.Key("escape", "\x1b"))
        if self._paste_ends_at is not None and self._clock() >= self._paste_ends_at:
            for character in BRACKETED_PASTE_END:
                found += self._parse(character)
            self._paste_ends_at = None
        if self._answer is not None and self._clock() >= self._answer_ends_at:
            self._answer = None
        return found

    def _take(self, character: str, before: str) -> list[Message]:
        """Return the events that a character completes which comes after another."""
        if self._answer is None:
            if character != "]" or before != "\x1b" or self._paste_ends_at is not None:
                return self._parse(character)
            self._parser = XTermParser()  # it has taken the escape for the beginning of a key
            self._answer, self._answer_ends_at = "", self._clock() + PASTE_MAX_S
            return []
        self._answer += character
        if character != "\x07" and not self._answer.endswith("\x1b\\"):
            if len(self._answer) > _ANSWER_MAX:
                self._answer = None
            return []
        light, self._answer = is_light(self._answer), None
        return [] if light is None else [BackgroundTold(light)]

    def _parse(self, character: str) -> list[Message]:
        try:
            return [event for event in self._parser.feed(character) if _makes_sense(event)]
        except (ValueError, OverflowError):  # numbers that are no characters, for instance
            self._parser = XTermParser()
            return []

    def _watch_paste(self, text: str) -> None:
        seen = self._recent + text
        begun, ended = seen.rfind(BRACKETED_PASTE_START), seen.rfind(BRACKETED_PASTE_END)
        if ended > begun:
            self._paste_ends_at = None
        elif begun > ended:
            self._paste_ends_at = self._clock() + PASTE_MAX_S
        self._recent = seen[-_REST:]


def _makes_sense(event: Message) -> bool:
    if isinstance(event, events.Key):
        character = event.character or ""
        return character.isascii() or character.isprintable()
    return not isinstance(event, events.Resize | InBandWindowResize)
