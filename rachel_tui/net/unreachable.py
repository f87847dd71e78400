"""Why somebody on the network cannot be reached, in one line for people."""

import os
import socket
import ssl


def why_unreachable(where: str, problem: OSError) -> str:
    """Return in one line why no connection to ``where`` came about."""
    if isinstance(problem, socket.gaierror):
        return f"cannot find {where}: {problem.strerror}"
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"cannot trust {where}: {problem.verify_message}"
    if isinstance(problem, ssl.SSLError):
        return f"cannot reach {where}: nobody speaks TLS there"
    if isinstance(problem, TimeoutError):
        return f"cannot reach {where}: no answer"
    reason = os.strerror(problem.errno) if problem.errno else "nobody answers there"
    return f"cannot reach {where}: {reason}"
