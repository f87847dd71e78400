"""What the other side of a connection can get wrong.

Our own misuse of the codec is a ValueError instead.
"""


class ProtocolError(Exception):
    """The peer sent something RUBP does not allow.

    Attributes:
        reason: a stable identifier for programs and metrics; the text of the error is for people.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class FrameError(ProtocolError):
    """64 bytes are not a frame: bad_length, bad_magic, unknown_version or bad_checksum."""


class MessageError(ProtocolError):
    """A frame's payload is not a message: unknown_type, bad_count, bad_suit or bad_value."""
