"""Google's quota: so many reads and so many writes a minute, for each user and for the whole project."""

from collections import Counter
from dataclasses import dataclass, field

from app.google.errors import too_many

WINDOW_S = 60.0


@dataclass(slots=True)
class Quota:
    """Requests in the running minute. The figures are Google's (Sheets API, usage limits)."""

    per_user: int = 60
    per_project: int = 300
    window: int = -1
    spent: Counter[tuple[str, str]] = field(default_factory=Counter)

    def spend(self, group: str, user: str, now_s: float) -> None:
        """Count a request of a group (Read or Write); GoogleError where the minute is used up."""
        window = int(now_s // WINDOW_S)
        if window != self.window:
            self.window = window
            self.spent.clear()
        if self.spent[group, user] >= self.per_user:
            raise too_many(group, "user")
        if self.spent[group, ""] >= self.per_project:
            raise too_many(group, "project")
        self.spent[group, user] += 1
        self.spent[group, ""] += 1
