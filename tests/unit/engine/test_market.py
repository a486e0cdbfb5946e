"""The market's phase is shown by the broker's clock, each change of it once, and decides nothing."""

from datetime import timedelta

from app.domain.session import from_ist_text
from app.engine.rows import Delta
from tests.builders.days import Days, over_days


def test_the_phase_changes_on_the_broker_s_clock_whatever_the_host_s_says() -> None:
    phases: list[tuple[str, str]] = []

    async def scenario(days: Days) -> None:
        def listen(delta: Delta) -> None:
            if delta["status"] is not None:
                market = delta["status"]["market"]
                if not phases or phases[-1] != (market["phase"], market["until"]):
                    phases.append((market["phase"], market["until"]))
                    at.append(days.truth.now().isoformat(timespec="seconds"))

        at: list[str] = []
        assert days.runtime is not None
        days.runtime.subscribe(listen)
        await days.at("2026-11-20 09:20:00")
        assert at[1] == from_ist_text("2026-11-20 09:15:00").isoformat()
        assert days.snapshot()["status"]["market"]["phase"] == "open"

    over_days("2026-11-20 09:10:00", scenario, host_ahead=timedelta(hours=8))
    assert phases == [
        ("pre_open", "2026-11-20T09:15:00+05:30"),
        ("open", "2026-11-20T15:40:00+05:30"),
    ]


def test_an_order_in_a_closed_market_is_copied_like_any_other() -> None:
    async def scenario(days: Days) -> None:
        await days.until(lambda: days.snapshot()["status"]["market"]["phase"] == "closed")
        order = days.primary_places()
        await days.until(lambda: days.copy(order, "S1"))

    over_days("2026-11-20 20:00:00", scenario)
