"""Activity: newest first, page by page, filtered; told from a few pages of a long day."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.domain import events as e
from app.domain.ids import AccountId
from app.engine.service import StopCopying
from app.ports.broker import Rejected
from app.ports.journal_reader import Entry
from app.records import activity as activity_module
from app.records.activity import MOST_READ, Activity, Item, Page, Wanted
from app.records.sentences import Level
from tests.builders.copier import Copier
from tests.builders.facts import FRIDAY, SATURDAY, planned
from tests.fakes.journal import MemoryJournal
from tests.fakes.journal_reader import MemoryJournalReader

NAMES = {"S1": "Meera", "S2": "Arjun", "PRI001": "Ravi"}
S1 = AccountId("S1")


def told(page: Page) -> list[str]:
    return [item.text for item in page.items]


def numbered(count: int, *, problems_every: int = 0, day: date = FRIDAY) -> Activity:
    """Return the activity of a journal of so many unblockings of S1, some of them alerts instead."""
    journal = MemoryJournal(lambda: datetime(2026, 11, 20, 4, 0, tzinfo=UTC))
    journal.append(
        [
            e.AlertRaised(text=f"alert {number}")
            if problems_every and number % problems_every == 0
            else e.AccountUnblocked(account_id=S1)
            for number in range(1, count + 1)
        ],
        day=day,
    )
    return Activity(MemoryJournalReader(journal))


def all_pages(activity: Activity, wanted: Wanted, limit: int) -> tuple[list[Item], int]:
    items: list[Item] = []
    asked, before = 0, wanted.before
    while True:
        page = activity.page(
            Wanted(before=before, after=wanted.after, level=wanted.level, day=wanted.day), {}, limit=limit
        )
        asked += 1
        items += page.items
        before = page.next_before
        if before is None:
            return items, asked


def test_a_day_reads_like_a_report() -> None:
    copier = Copier({"S1": "1", "S2": "2"})
    order = copier.primary_places(quantity=10)
    first, second = copier.sent
    copier.accept(first)
    copier.answer(second, Rejected("Insufficient funds.", "MarginException"))
    desk = copier.desks[S1]
    (taken,) = desk.orders.values()
    desk.update(taken.order_id, status="COMPLETE", filled_quantity=10, average_price=Decimal("1500.15"))
    copier.look_at_all()
    copier.command(StopCopying)
    activity = Activity(MemoryJournalReader(copier.journal))

    page = activity.page(Wanted(), NAMES, limit=100)

    assert told(page)[:6] == [
        "Operator stopped copying.",
        "Meera: BUY 10 NSE:INFY filled at 1500.15 in 1 ms.",
        "Arjun: BUY 20 NSE:INFY rejected: Insufficient funds.",
        "Meera: BUY 10 NSE:INFY accepted in 0 ms.",
        "Arjun: BUY 20 NSE:INFY planned in 1 order.",
        "Meera: BUY 10 NSE:INFY planned in 1 order.",
    ]
    assert page.items[1].order_id == taken.order_id
    assert page.items[5].order_id == order.order_id
    assert page.last_seq == len(copier.journal.rows)
    assert page.next_before is None
    mine = activity.page(Wanted(account_id="S2"), NAMES, limit=100)
    assert {item.account_id for item in mine.items} == {"S2"}
    problems = activity.page(Wanted(level=Level.WARNING), NAMES, limit=100)
    assert told(problems) == [told(page)[0], told(page)[2]]


@pytest.mark.parametrize("limit", [1, 7, 500, 499])
def test_pages_together_are_everything_once(limit: int) -> None:
    items, _ = all_pages(numbered(1203), Wanted(), limit)
    assert [item.seq for item in items] == list(range(1203, 0, -1))


def test_only_what_is_new_is_told_to_whom_knows_the_rest() -> None:
    activity = numbered(700)
    page = activity.page(Wanted(after=690), {}, limit=5)
    assert [item.seq for item in page.items] == [700, 699, 698, 697, 696]
    assert (page.last_seq, page.next_before) == (700, 696)
    rest = activity.page(Wanted(after=690, before=696), {}, limit=50)
    assert [item.seq for item in rest.items] == [695, 694, 693, 692, 691]
    assert rest.next_before is None
    nothing = activity.page(Wanted(after=700), {}, limit=5)
    assert (nothing.items, nothing.last_seq, nothing.next_before) == ((), 700, None)


def test_a_rare_thing_is_found_in_several_answers_that_each_read_little() -> None:
    activity = numbered(12_000, problems_every=11_999)
    read: list[int] = []
    original = activity.reader.read_before

    class Counting(MemoryJournalReader):
        def read_before(self, seq: int, *, limit: int) -> list[Entry]:
            found = list(original(seq, limit=limit))
            read.append(len(found))
            return found

    assert isinstance(activity.reader, MemoryJournalReader)
    counted = Activity(Counting(activity.reader.journal))
    first = counted.page(Wanted(level=Level.PROBLEM, before=11_999), {}, limit=50)
    assert first.items == ()
    assert first.next_before is not None
    assert sum(read) <= activity_module.MOST_READ
    items, asked = all_pages(counted, Wanted(level=Level.PROBLEM), 50)
    assert [item.text for item in items] == ["alert 11999"]
    assert asked == 3


def test_a_day_is_told_alone_and_read_alone() -> None:
    journal = MemoryJournal()
    for day, text in ((FRIDAY, "one"), (SATURDAY, "two")):
        journal.append([e.AlertRaised(text=text), e.AlertRaised(text=f"{text} more")], day=day)
    activity = Activity(MemoryJournalReader(journal))
    assert told(activity.page(Wanted(day=FRIDAY), {}, limit=9)) == ["one more", "one"]
    assert told(activity.page(Wanted(day=SATURDAY), {}, limit=9)) == ["two more", "two"]
    assert told(activity.page(Wanted(day=date(2026, 11, 22)), {}, limit=9)) == []
    assert activity.newest_day() == SATURDAY
    rows = list(activity.table(Wanted(day=FRIDAY), {}).rows)
    assert [row[-1] for row in rows] == ["one", "one more"]


def test_an_old_day_is_told_without_reading_those_after_it() -> None:
    journal = MemoryJournal()
    journal.append([e.AlertRaised(text="one")], day=FRIDAY)
    journal.append([e.AlertRaised(text="much")] * (MOST_READ + 500), day=SATURDAY)
    page = Activity(MemoryJournalReader(journal)).page(Wanted(day=FRIDAY), {}, limit=9)
    assert (told(page), page.last_seq) == (["one"], 1)


def test_a_fact_of_another_day_in_between_is_left_out() -> None:
    """The day is the broker's: at midnight its servers may not agree to the second."""
    journal = MemoryJournal()
    for day, text in ((FRIDAY, "one"), (SATURDAY, "two"), (FRIDAY, "three")):
        journal.append([e.AlertRaised(text=text)], day=day)
    activity = Activity(MemoryJournalReader(journal))
    assert told(activity.page(Wanted(day=FRIDAY), {}, limit=9)) == ["three", "one"]


def test_a_plan_far_back_still_names_the_order() -> None:
    journal = MemoryJournal()
    copy = planned("1001", "S1")
    journal.append([copy, *(e.AccountUnblocked(account_id=S1) for _ in range(1200))], day=FRIDAY)
    journal.append([e.FollowedAgain(tag=copy.legs[0].tag)], day=FRIDAY)
    page = Activity(MemoryJournalReader(journal)).page(Wanted(), NAMES, limit=1)
    assert told(page) == ["Meera: BUY 50 NSE:INFY follows the primary order again."]


def test_a_table_is_oldest_first_with_names_and_breathes_in_between() -> None:
    breaths: list[None] = []
    activity = Activity(numbered(1100).reader, lambda: breaths.append(None))
    table = activity.table(Wanted(), NAMES)
    rows = list(table.rows)
    assert [row[0] for row in rows] == list(range(1, 1101))
    assert rows[0] == (
        1,
        "2026-11-20T09:30:00.000+05:30",
        "engine",
        "info",
        "S1",
        "Meera",
        "",
        "Meera: orders are sent to it again.",
    )
    assert len(breaths) == 2


def test_an_empty_journal_has_no_activity() -> None:
    activity = Activity(MemoryJournalReader(MemoryJournal()))
    page = activity.page(Wanted(), {}, limit=5)
    assert (page.items, page.last_seq, page.next_before) == ((), 0, None)
    assert activity.newest_day() is None
    assert list(activity.table(Wanted(), {}).rows) == []
