"""The one form of every refusal."""

from app.web.schemas.body import Body
from app.web.schemas.commands import ItemResult


class Problem(Body, frozen=True):
    """Why a request did not do what it asked. `not_done` says what has not happened, or is not known."""

    error: str
    message: str
    not_done: str
    request_id: str
    command_id: str | None = None
    results: tuple[ItemResult, ...] = ()
