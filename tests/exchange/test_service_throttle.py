"""The exchange's rate limits: Kite's numbers, counted per calendar second, minute and day."""

from datetime import date

from app.exchange.throttle import Bucket, Limits, Throttle, Verdict

DAY = date(2026, 11, 20)
NEXT_DAY = date(2026, 11, 23)


def passed(throttle: Throttle, bucket: Bucket, wall_s: float, times: int, day: date = DAY) -> int:
    verdicts = [
        throttle.check(bucket, api_key="key1", account="PA0001", wall_s=wall_s, trade_date=day)
        for _ in range(times)
    ]
    return verdicts.count(Verdict.PASS)


def test_each_group_has_kites_limit_per_second() -> None:
    throttle = Throttle()
    assert passed(throttle, Bucket.QUOTE, 100.0, 5) == 1
    assert passed(throttle, Bucket.HISTORICAL, 100.0, 5) == 3
    assert passed(throttle, Bucket.OTHER, 100.0, 15) == 10
    assert passed(throttle, Bucket.PLACE, 100.0, 15) == 10


def test_the_second_is_a_calendar_second_not_a_sliding_window() -> None:
    throttle = Throttle()
    assert passed(throttle, Bucket.PLACE, 100.99, 10) == 10
    assert passed(throttle, Bucket.PLACE, 101.00, 10) == 10
    assert passed(throttle, Bucket.PLACE, 101.99, 1) == 0


def test_modify_and_cancel_share_the_second_with_placing() -> None:
    throttle = Throttle()
    assert passed(throttle, Bucket.PLACE, 100.0, 6) == 6
    assert passed(throttle, Bucket.CHANGE, 100.5, 6) == 4


def test_a_calendar_minute_takes_400_order_requests() -> None:
    throttle = Throttle()
    total = sum(passed(throttle, Bucket.PLACE, 120.0 + second, 10) for second in range(60))
    assert total == 400
    assert passed(throttle, Bucket.PLACE, 180.0, 1) == 1


def test_the_day_cap_counts_placing_only_and_starts_anew_the_next_day() -> None:
    throttle = Throttle(Limits(orders_per_day=3))
    assert passed(throttle, Bucket.PLACE, 100.0, 3) == 3
    verdict = throttle.check(Bucket.PLACE, api_key="key1", account="PA0001", wall_s=200.0, trade_date=DAY)
    assert verdict is Verdict.DAY_USED_UP
    assert passed(throttle, Bucket.CHANGE, 300.0, 2) == 2
    assert passed(throttle, Bucket.PLACE, 400.0, 1, NEXT_DAY) == 1


def test_accounts_and_keys_do_not_share_limits() -> None:
    throttle = Throttle()
    assert passed(throttle, Bucket.QUOTE, 100.0, 1) == 1
    for bucket in (Bucket.QUOTE, Bucket.PLACE):
        verdict = throttle.check(bucket, api_key="key2", account="PA0002", wall_s=100.0, trade_date=DAY)
        assert verdict is Verdict.PASS


def test_it_can_be_switched_off_and_never_limits_the_free_routes() -> None:
    throttle = Throttle()
    assert passed(throttle, Bucket.FREE, 100.0, 50) == 50
    throttle.is_on = False
    assert passed(throttle, Bucket.QUOTE, 100.0, 50) == 50


def test_the_legs_of_an_iceberg_order_count_singly_for_the_day() -> None:
    throttle = Throttle(Limits(orders_per_day=7))

    def place(wall_s: float, orders: int) -> Verdict:
        return throttle.check(
            Bucket.PLACE, api_key="key1", account="PA0001", wall_s=wall_s, trade_date=DAY, orders=orders
        )

    assert place(100.0, 5) is Verdict.PASS
    assert place(101.0, 3) is Verdict.DAY_USED_UP
    assert place(102.0, 2) is Verdict.PASS
