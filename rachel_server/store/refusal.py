"""What the store cannot use, and why in one line."""


class BadRow(Exception):  # noqa: N818 - says what is the matter
    """The database refuses a row for what it holds: trying again cannot help."""


class NotWritten(Exception):  # noqa: N818 - says what is the matter
    """What was to be written before has failed, so nothing was tried."""


class UnreadableGame(Exception):  # noqa: N818 - says what is the matter
    """The rows of a stored game are none that Rachel wrote.

    Attributes:
        game: the id of the game. The exception's text says in one line what is wrong.
    """

    def __init__(self, game: str, text: str) -> None:
        super().__init__(text)
        self.game = game


def reason(error: BaseException) -> str:
    """Return what went wrong in one line, without the statement and the values in it."""
    cause = getattr(error, "orig", None) or error  # SQLAlchemy's errors hold the driver's
    # PostgreSQL's details may be the whole row.
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    return " ".join((primary or str(cause)).split()) or type(cause).__name__
