"""Whether it is for us to act: the turn that has started, and the action of ours on its way."""

from rachel.rules.actions import IllegalAction, Refusal


class OwnMove:
    """What a client knows of its own next action; nothing at first."""

    def __init__(self) -> None:
        self._started: int | None = None  # the turn whose TURN_START has come
        self._sent: int | None = None  # the turn in which we sent an action
        self._refused = False  # that action was refused; the hand follows

    def forget(self) -> None:
        """Know nothing of started turns and of actions on their way."""
        self._started = self._sent = None
        self._refused = False

    def start(self, turn: int) -> None:
        """Know that a turn has started, whoever's it is."""
        self._started = turn

    def send(self, turn: int) -> None:
        """Know that our action in a turn is on its way."""
        self._sent = turn
        self._refused = False

    def refuse(self) -> None:
        """Know that the host has refused the action on its way, if there is one."""
        self._refused = self._sent is not None

    def forgive(self) -> None:
        """Know that a refused action has been dealt with: it is for us to act again."""
        if self._refused:
            self._refused = False
            self._sent = None

    def was_sent_in(self, turn: int) -> bool:
        """Tell whether a TURN_END of this turn may be about the action that we sent.

        Hosts may count the turn that ended or the one that follows.
        """
        return self._sent in (turn - 1, turn)

    def why_not(self, turn: int) -> IllegalAction | None:
        """Return why it is not for us to act in a turn that is ours, or None when it is."""
        if self._sent == turn:
            return IllegalAction(Refusal.NOT_YOUR_TURN, "your move is on its way")
        if self._started != turn:
            return IllegalAction(Refusal.NOT_YOUR_TURN, "your turn has not started yet")
        return None
