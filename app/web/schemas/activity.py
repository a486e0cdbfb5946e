"""What happened, as sentences."""

from app.web.schemas.body import Body


class ActivityItem(Body, frozen=True):
    """One thing that happened.

    `at` is ISO 8601, `who` engine, operator, broker or hand, `level` info, warning or problem.
    `seq` is the number of its fact in the journal. `order_id` is the copy's own at the broker, that of the
    primary order while it has none.
    """

    seq: int
    at: str
    who: str
    level: str
    text: str
    account_id: str | None
    order_id: str | None


class ActivityPage(Body, frozen=True):
    """Items, newest first. Older ones: ask with `before` as `next_before` says, unless that is null.

    It may have fewer items than asked for, or none, and more to come: so much is read for one answer.
    Newer ones: ask with `after` as `last_seq`.
    """

    items: list[ActivityItem]
    last_seq: int
    next_before: int | None
