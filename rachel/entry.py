"""Where the ``rachel`` command begins: Ctrl-C ends it quietly from the first moment on.

Until commands can be run, which takes a while to import, there is nothing that Ctrl-C could leave
in good order: it ends the process as it does programs that do not ask for more.
"""

import signal


def main() -> None:
    """Run the command that the process was started with."""
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from rachel.cli import main as run

    if ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()
