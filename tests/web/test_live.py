"""The live stream: one snapshot each, then batches without gaps, for as long as the session holds."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient

from app.web.application import live_of
from tests.builders import shown_rows as rows
from tests.builders.eventually import eventually
from tests.web.conftest import BASE, Site


def heard(socket: SocketIOTestClient) -> list[tuple[str, Any]]:
    return [(one["name"], one["args"][0]) for one in socket.get_received("/live")]


def joined(site: Site, operator: FlaskClient) -> SocketIOTestClient:
    """Return a socket that has had its snapshot."""
    socket = site.socket(operator)
    site.publish()
    socket.get_received("/live")
    return socket


def test_a_newcomer_gets_one_snapshot_and_the_state_of_the_link(site: Site, operator: FlaskClient) -> None:
    socket = site.socket(operator)
    site.publish()
    assert heard(socket) == [
        ("snapshot", site.engine.snapshot()),
        ("link", {"is_up": True, "since": "2026-11-20T04:00:00+00:00"}),
    ]
    site.publish()
    assert heard(socket) == []


def test_before_the_engine_was_heard_a_newcomer_learns_that(site: Site, operator: FlaskClient) -> None:
    site.engine.never_heard()
    socket = site.socket(operator)
    site.publish()
    assert [(name, body["is_up"]) for name, body in heard(socket)] == [("link", False)]


def test_an_account_that_is_gone_is_told_and_in_no_later_snapshot(site: Site, operator: FlaskClient) -> None:
    site.engine.show(portfolios={"AB1234": rows.portfolio()})
    socket = joined(site, operator)
    site.engine.show(accounts={"AB1234": rows.account(multiplier="2")})
    site.engine.show(gone_accounts=["AB1234"])
    site.publish()
    ((name, told),) = heard(socket)
    assert (name, told["gone_accounts"], told["accounts"]) == ("deltas", ["AB1234"], {})
    shown = operator.get("/api/v1/snapshot", base_url=BASE).json
    assert shown is not None
    assert (list(shown["accounts"]), shown["portfolios"]) == (["PR0001"], {})


def test_an_account_that_came_back_at_once_is_gone_and_there(site: Site, operator: FlaskClient) -> None:
    socket = joined(site, operator)
    site.engine.show(gone_accounts=["AB1234"])
    site.engine.show(accounts={"AB1234": rows.account()})
    site.publish()
    ((_, told),) = heard(socket)
    assert (told["gone_accounts"], told["accounts"]) == (["AB1234"], {"AB1234": rows.account()})


def test_changes_come_together_each_row_once(site: Site, operator: FlaskClient) -> None:
    socket = joined(site, operator)
    for quantity in (1, 2, 3):
        site.engine.show(orders={"100": rows.order(quantity=quantity)}, alerts=[rows.alert(quantity)])
    site.engine.show(status=rows.status(is_stopped=True), copies={"100:AB1234": rows.copy()})
    site.publish()
    ((name, batch),) = heard(socket)
    assert (name, batch["from_seq"], batch["to_seq"], batch["boot_id"]) == ("deltas", 1, 4, rows.BOOT)
    assert batch["orders"]["100"]["quantity"] == 3
    assert batch["status"]["is_stopped"]
    assert [alert["seq"] for alert in batch["alerts"]] == [1, 2, 3]


def test_batches_follow_each_other_without_gap(site: Site, operator: FlaskClient) -> None:
    socket = joined(site, operator)
    for _ in range(5):
        site.engine.show()
        site.engine.show()
        site.publish()
    spans = [(batch["from_seq"], batch["to_seq"]) for _, batch in heard(socket)]
    assert spans == [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10)]


def test_who_joins_in_between_misses_nothing(site: Site, operator: FlaskClient) -> None:
    site.engine.show()
    socket = site.socket(operator)
    site.engine.show()
    site.publish()
    site.engine.show()
    site.publish()
    got = heard(socket)
    snapshot = next(body for name, body in got if name == "snapshot")
    after = [body for name, body in got if name == "deltas"]
    assert after[0]["from_seq"] <= snapshot["seq"] + 1
    assert after[-1]["to_seq"] == 3


def test_a_gap_is_healed_by_asking(site: Site, operator: FlaskClient) -> None:
    socket = joined(site, operator)
    site.engine.show()
    site.publish()
    heard(socket)
    socket.emit("resync", namespace="/live")
    site.publish()
    assert [name for name, _ in heard(socket)] == ["snapshot", "link"]


def test_a_lost_link_is_told_and_a_new_engine_shown_whole(site: Site, operator: FlaskClient) -> None:
    socket = joined(site, operator)
    site.engine.show()
    site.engine.lose_link()
    site.publish()
    assert [name for name, _ in heard(socket)] == ["deltas", "link"]
    site.engine.show()
    site.engine.start_anew(rows.snapshot(7, boot_id="boot-2"))
    site.publish()
    got = heard(socket)
    assert [name for name, _ in got] == ["snapshot", "link"]
    assert (got[0][1]["boot_id"], got[1][1]["is_up"]) == ("boot-2", True)


def test_signing_out_cuts_the_open_socket(site: Site, operator: FlaskClient) -> None:
    socket, other = joined(site, operator), joined(site, site.operator())
    operator.post("/sign-out", base_url=BASE)
    assert (socket.is_connected("/live"), other.is_connected("/live")) == (False, True)
    site.engine.show()
    site.publish()
    assert heard(other)


def test_an_expired_session_cuts_the_open_socket(site: Site, operator: FlaskClient) -> None:
    socket = joined(site, operator)
    site.clock.at += timedelta(hours=12)
    live_of(site.app).cut_expired()
    assert not socket.is_connected("/live")


def test_who_left_is_sent_nothing(site: Site, operator: FlaskClient) -> None:
    socket = site.socket(operator)
    socket.disconnect("/live")
    site.publish()
    site.engine.show()
    site.publish()


def test_nobody_enters_the_stream_while_another_leaves_it(
    site: Site, operator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, leaving = live_of(site.app), joined(site, operator)
    newcomer = site.socket(operator)
    server, entering = live.socketio.server, Thread(target=site.publish)
    leave_room = server.leave_room

    def leave_slowly(*args: Any, **named: Any) -> None:
        entering.start()
        entering.join(0.2)
        assert entering.is_alive(), "it entered a room that is just being dropped"
        leave_room(*args, **named)

    monkeypatch.setattr(server, "leave_room", leave_slowly)
    leaving.disconnect("/live")
    entering.join()
    heard(newcomer)
    site.engine.show()
    site.publish()
    assert [name for name, _ in heard(newcomer)] == ["deltas"]


def test_the_publishers_own_thread_sends(site: Site, operator: FlaskClient) -> None:
    socket = site.socket(operator)
    live_of(site.app).publisher.start()
    eventually(lambda: any(name == "snapshot" for name, _ in heard(socket)))
    site.engine.show()
    eventually(lambda: any(name == "deltas" for name, _ in heard(socket)))


def test_a_probe_is_acknowledged_at_once_with_the_time(site: Site, operator: FlaskClient) -> None:
    socket = joined(site, operator)
    for body in ((), ({"anything": "at all"},)):
        assert socket.emit("probe", *body, namespace="/live", callback=True) == {
            "at": "2026-11-20T04:00:05+00:00"
        }
    assert heard(socket) == []
