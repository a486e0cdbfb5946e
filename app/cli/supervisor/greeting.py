"""What a child is told at its start: where the link is and this start's secret."""

import secrets

from app.bootstrap.options import Link
from app.cli.supervisor.ports import free_port


def new_link(host: str) -> Link:
    """Make the meeting point of one start: a free port and a secret nobody has seen before."""
    return Link(port=free_port(host), secret=secrets.token_hex(32))


def greeting(link: Link | None) -> dict[str, object]:
    """Return what a child is told; the exchange has no part in the link and is told nothing of it."""
    return {} if link is None else {"link_port": link.port, "link_secret": link.secret}


def link_from(told: dict[str, object]) -> Link:
    """Read the link from what a child was told; SystemExit where it is not one of ours."""
    match told:
        case {"link_port": int(port), "link_secret": str(secret)}:
            return Link(port=port, secret=secret)
        case _:
            raise SystemExit("The supervisor's first line names no link. Nothing was started.")
