"""What is typed in plain mode."""

import asyncio


class Lines(asyncio.Queue[str | None]):
    """What is typed, line by line; at its end there is None, however often one asks."""

    def get_nowait(self) -> str | None:
        """Return the next line.

        Raises:
            QueueEmpty: nothing is typed yet.
        """
        line = super().get_nowait()
        if line is None:
            self.put_nowait(None)
        return line
