"""Ports: finding a free one, and saying in time that a fixed one is taken."""

import errno
import socket


def free_port(host: str) -> int:
    """Return a port nobody listens on at this moment."""
    with _listening(host, 0) as sock:
        port: int = sock.getsockname()[1]
        return port


def why_unusable(host: str, port: int, *, purpose: str, variable: str) -> str | None:
    """Return why a port cannot be served and what to do, or None where it can."""
    try:
        _listening(host, port).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {port} on {host}, where the {purpose} would answer, is in use by another program: "
                f"perhaps another Tandem, another development server, or (port 5000 on macOS) AirPlay.\n"
                f"`lsof -nP -i :{port}` names it. Stop it, or choose another port: {variable}={port + 1}"
            )
        return (
            f"Port {port} on {host}, where the {purpose} would answer, cannot be opened: {error.strerror}.\n"
            f"Choose another one: {variable}=5001"
        )
    return None


def _listening(host: str, port: int) -> socket.socket:
    family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    sock = socket.socket(family, kind, proto)
    try:
        # As servers do: a port in TIME_WAIT after a restart is not in use.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(1)
    except OSError:
        sock.close()
        raise
    return sock
