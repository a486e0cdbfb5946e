"""The publisher's own thread: it outlives what goes wrong, and looks after sessions that end."""

import pytest

from app.web import publisher as publishing
from app.web.publisher import Publisher
from tests.builders.eventually import eventually
from tests.fakes.service import FakeService


class Sockets:
    """Browsers in memory; the first `fails` messages cannot be sent."""

    def __init__(self, fails: int = 0) -> None:
        self.sent: list[str] = []
        self.checks = 0
        self._fails = fails

    def send(self, event: str, body: object, *, to: str | None) -> None:
        if self._fails:
            self._fails -= 1
            raise RuntimeError("planned")
        self.sent.append(event)

    def let_in(self, sid: str) -> None:
        pass

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


def test_sessions_are_checked_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "CHECK_S", 0.01)
    sockets = Sockets()
    publisher = Publisher(FakeService(), sockets, batch_s=0)
    publisher.start()
    eventually(lambda: sockets.checks > 2)
    publisher.close()
