"""The day's profit and loss over time."""

from typing import TypedDict


class PnlResponse(TypedDict):
    """Each account's profit of the day at each of the `times`; None where it was not known then."""

    times: list[str]
    accounts: dict[str, list[str | None]]
