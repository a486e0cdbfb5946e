"""The budget under any traffic: no calendar second, minute or day ever sees more than its share."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.pacing import Budget, Limits

START_S = 1_763_620_200.0
GAPS_S = st.one_of(st.just(0.0), st.floats(0, 0.3), st.floats(0, 3), st.floats(0, 200))
TRAFFIC = st.lists(st.tuples(GAPS_S, st.booleans()), max_size=120)
SMALL = Limits(per_second=3, per_minute=25, per_day=100, warn_per_day=90, reserve=1)


def send_all(budget: Budget, traffic: list[tuple[float, bool]], now_s: float = START_S) -> list[float]:
    """Send as an account does: wait as long as it is told, then ask again."""
    sent: list[float] = []
    for gap_s, is_urgent in traffic:
        now_s += gap_s
        while (wait_s := budget.wait_s(now_s, is_urgent=is_urgent)) > 0:
            if wait_s == float("inf"):
                break
            now_s += wait_s
        else:
            budget.spend(now_s)
            sent.append(now_s)
    return sent


def busiest(sent: list[float], window_s: int) -> int:
    return max(Counter(int(moment) // window_s for moment in sent).values(), default=0)


@given(TRAFFIC)
def test_no_calendar_second_or_minute_sees_more_than_its_limit(traffic: list[tuple[float, bool]]) -> None:
    sent = send_all(Budget(), traffic)
    assert len(sent) == len(traffic)
    assert busiest(sent, 1) <= 8
    assert busiest(sent, 60) <= 360


@given(TRAFFIC)
def test_small_limits_hold_over_minutes_and_the_day(traffic: list[tuple[float, bool]]) -> None:
    sent = send_all(Budget(SMALL), traffic * 2)
    assert busiest(sent, 1) <= 3
    assert busiest(sent, 60) <= 25
    assert len(sent) <= 100


def test_a_burst_of_a_whole_day_stays_within_every_limit() -> None:
    sent = send_all(Budget(), [(0.0, True)] * 6_000)
    assert (busiest(sent, 1), busiest(sent, 60), len(sent)) == (8, 360, 4_800)


@given(TRAFFIC)
def test_entries_leave_the_reserve_to_exits(traffic: list[tuple[float, bool]]) -> None:
    entries = [(gap_s, False) for gap_s, _ in traffic]
    budget = Budget()
    sent = send_all(budget, entries)
    assert busiest(sent, 1) <= 6
    if sent:
        assert budget.wait_s(sent[-1], is_urgent=True) == 0


@given(TRAFFIC, st.floats(0, 90))
@settings(max_examples=60)
def test_a_restart_that_replays_the_days_sends_is_told_the_same(
    traffic: list[tuple[float, bool]], later_s: float
) -> None:
    """Rule 12: a restart in a burst must not send another full second's worth."""
    budget, restarted = Budget(), Budget()
    sent = send_all(budget, traffic)
    for moment in sent:
        restarted.spend(moment)
    now_s = max(sent, default=START_S) + later_s
    for is_urgent in (True, False):
        assert restarted.wait_s(now_s, is_urgent=is_urgent) == budget.wait_s(now_s, is_urgent=is_urgent)
    assert restarted.spent_today == len(sent)


@given(st.integers(0, 9), st.booleans())
def test_a_wait_always_ends_within_the_next_window(times: int, is_urgent: bool) -> None:
    budget = Budget()
    for _ in range(times):
        budget.spend(START_S)
    wait_s = budget.wait_s(START_S, is_urgent=is_urgent)
    assert 0 <= wait_s <= 1
    assert budget.wait_s(START_S + wait_s, is_urgent=is_urgent) == 0
