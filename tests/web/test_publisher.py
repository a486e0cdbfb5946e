"""The publisher's own thread: it outlives what goes wrong, and looks after sessions that end."""

import pytest

from app.web import publisher as publishing
from app.web.publisher import Publisher
from tests.builders.eventually import eventually
from tests.fakes.service import FakeService


class Sockets:
    """Browsers in memory; the first `fails` messages cannot be sent, and `gone` is let in nowhere."""

    def __init__(self, fails: int = 0, gone: str = "") -> None:
        self.sent: list[str] = []
        self.members: list[str] = []
        self.was_cut: list[str] = []
        self.gone = gone
        self.checks = 0
        self._fails = fails

    def send(self, event: str, body: object, *, to: str | None) -> None:
        if self._fails:
            self._fails -= 1
            raise RuntimeError("planned")
        self.sent.append(event)

    def let_in(self, sid: str) -> None:
        if sid == self.gone:
            raise KeyError(sid)
        self.members.append(sid)

    def cut(self, sid: str) -> None:
        self.was_cut.append(sid)

    def cut_expired(self) -> None:
        self.checks += 1


def test_what_could_not_be_sent_is_made_good_with_the_whole_state() -> None:
    engine, sockets = FakeService(), Sockets(fails=1)
    publisher = Publisher(engine, sockets, batch_s=0)
    publisher.start()
    engine.show()
    eventually(lambda: publisher._is_anew or sockets.sent)
    engine.show()
    eventually(lambda: "snapshot" in sockets.sent)
    publisher.close()


def test_one_browser_that_cannot_be_let_in_costs_the_others_nothing() -> None:
    sockets = Sockets(gone="b")
    publisher = Publisher(FakeService(), sockets)
    for sid in ("a", "b", "c"):
        publisher.welcome(sid)
    publisher.publish()
    assert (sockets.members, sockets.was_cut) == (["a", "c"], ["b"])
    publisher.publish()
    assert sockets.members == ["a", "c"], "who was welcomed once is not welcomed again"


def test_a_batch_that_cannot_be_sent_costs_no_newcomer_its_welcome() -> None:
    engine, sockets = FakeService(), Sockets(fails=1)
    publisher = Publisher(engine, sockets)
    engine.show()
    publisher.welcome("a")
    with pytest.raises(RuntimeError, match="planned"):
        publisher.publish()
    publisher.publish()
    assert sockets.members == ["a"]
    assert sockets.sent == ["snapshot", "link"]


def test_sessions_are_checked_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "CHECK_S", 0.01)
    sockets = Sockets()
    publisher = Publisher(FakeService(), sockets, batch_s=0)
    publisher.start()
    eventually(lambda: sockets.checks > 2)
    publisher.close()
