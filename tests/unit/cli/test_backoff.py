"""Restarts come fast at first, slower while a program keeps dying, and fast again after a healthy while."""

import pytest

from app.cli.supervisor.backoff import Backoff


def test_the_wait_doubles_up_to_ten_seconds() -> None:
    backoff = Backoff()

    waits = [backoff.after(lived_s=0.1) for _ in range(8)]

    assert waits == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10])


def test_a_healthy_minute_forgives() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.after(lived_s=1)

    assert backoff.after(lived_s=60) == pytest.approx(0.2)
    assert backoff.after(lived_s=59) == pytest.approx(0.4)


def test_a_very_long_series_of_deaths_is_no_overflow() -> None:
    backoff = Backoff()

    assert [backoff.after(lived_s=0) for _ in range(3000)][-1] == 10
