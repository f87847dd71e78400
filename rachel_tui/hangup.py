"""Noticing that the terminal is gone.

When a terminal closes, SIGHUP normally ends the process. Where that signal is ignored, Textual's
input thread would spin on the end of input for ever; this watch ends the process instead. There is
no terminal to restore then, and the journal of a solo game survives (design.md, decision 3).
"""

import os
import select
import threading


def exit_on_hangup(descriptor: int) -> None:
    """End this process with status 1 as soon as the other side of a terminal is gone.

    Does nothing where polling does not exist (Windows).
    """
    if not hasattr(select, "poll"):
        return
    threading.Thread(target=_watch, args=(descriptor,), name="hangup", daemon=True).start()


def _watch(descriptor: int) -> None:
    poller = select.poll()
    poller.register(descriptor, 0)  # hang-ups and errors are always reported
    poller.poll()
    os._exit(1)
