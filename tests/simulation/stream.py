"""I16: what subscribers were told: whole, in order, once; snapshot and deltas together are the state."""

from collections.abc import Sequence
from typing import Any

from app.domain import events as e
from app.domain.events import Fact
from app.domain.orders import Phase
from app.engine.rows import Delta, Snapshot
from app.engine.runtime import Runtime
from tests.simulation.process import Process

_STATES = {
    Phase.OPEN: "OPEN",
    Phase.TRIGGER_PENDING: "TRIGGER_PENDING",
    Phase.FILLED: "FILLED",
    Phase.CANCELLED: "CANCELLED",
    Phase.REJECTED: "REJECTED",
    Phase.WORKING: "OPEN",
}
_PARTS = ("accounts", "orders", "copies", "portfolios")


class Stream:
    """One life's deltas, folded as a browser does, and compared with what its facts say of each leg."""

    def __init__(self, process: Process, runtime: Runtime, told: dict[str, str]) -> None:
        self.faults: list[str] = []
        self.told = told
        self._life = process.number
        self._runtime = runtime
        self._due: dict[str, str] = {}
        self._rows: Any = None
        runtime.subscribe(self._take)

    def committed(self, facts: Sequence[Fact]) -> None:
        """Note which transitions the next delta owes; a commit without one in between is shown together."""
        for fact in facts:
            for tag, state in self._moves(fact):
                self._due[tag] = state

    def _moves(self, fact: Fact) -> list[tuple[str, str]]:
        match fact:
            case e.CopyPlanned() | e.LegsAdded():
                return [(str(leg.tag), "PENDING") for leg in fact.legs]
            case e.AttemptStarted():
                return [(str(fact.tag), "SENDING")]
            case e.AttemptEnded() | e.LegMoved():
                return [(str(fact.tag), str(fact.state))]
            case e.OrderMatched():
                return [(str(fact.tag), self._matched(fact))]
            case e.EngineStarted():
                return [(tag, "IN_DOUBT") for tag, state in self.told.items() if state == "SENDING"]
            case _:
                return []

    def _matched(self, fact: e.OrderMatched) -> str:
        known = self._due.get(fact.tag, self.told.get(fact.tag, ""))
        state = _STATES[fact.order.phase]
        if state == "OPEN" and fact.order.filled_quantity:
            return "PARTIAL"
        is_resting = known in {"OPEN", "TRIGGER_PENDING"}
        return known if fact.order.phase is Phase.WORKING and is_resting else state

    def _take(self, delta: Delta) -> None:
        if self._rows is None:
            self._rows = _copied(self._runtime.snapshot())
            self._due.clear()
            self.told.clear()
            self._learn(self._rows["copies"])
        elif delta["seq"] != self._rows["seq"] + 1 or delta["boot_id"] != self._rows["boot_id"]:
            self._fault(f"delta {delta['seq']} came after {self._rows['seq']}")
        self._rows["seq"] = delta["seq"]
        for account_id in delta["gone_accounts"]:
            self._rows["accounts"].pop(account_id, None)
            self._rows["portfolios"].pop(account_id, None)
        for part in _PARTS:
            self._rows[part].update(delta[part])  # type: ignore[literal-required]  # one of four names
        if delta["status"] is not None:
            self._rows["status"] = delta["status"]
        self._rows["alerts"] += [a for a in delta["alerts"] if a["seq"] > self._newest_alert()]
        self._compare(delta)

    def _learn(self, copies: Any) -> None:
        self.told.update({leg["tag"]: str(leg["state"]) for copy in copies.values() for leg in copy["legs"]})

    def _newest_alert(self) -> int:
        return int(self._rows["alerts"][-1]["seq"]) if self._rows["alerts"] else 0

    def _compare(self, delta: Delta) -> None:
        """Hold what the delta says of each leg against what became of it since the last one."""
        due, self._due = self._due, {}
        for copy in delta["copies"].values():
            for leg in copy["legs"]:
                tag, state = leg["tag"], str(leg["state"])
                if state != due.pop(tag, self.told.get(tag, state)):
                    self._fault(f"{tag} is told as {state}, which no fact says")
                self.told[tag] = state
        for tag, state in due.items():
            self._fault(f"{tag} became {state}, and nobody was told")

    def end(self) -> None:
        """Compare the fold with a snapshot of now."""
        if self._rows is None:
            return
        now = self._runtime.snapshot()
        for part in (*_PARTS, "status", "seq"):
            mine, theirs = self._rows[part], now[part]  # type: ignore[literal-required]  # names of a Snapshot
            if part == "accounts":
                mine = {key: _without_clock(row) for key, row in mine.items()}
                theirs = {key: _without_clock(row) for key, row in theirs.items()}
            if mine != theirs:
                self._fault(f"snapshot and deltas give other {part} than the state has")
        if [a["seq"] for a in self._rows["alerts"]][-200:] != [a["seq"] for a in now["alerts"]]:
            self._fault("snapshot and deltas give other alerts than the state has")

    def _fault(self, text: str) -> None:
        self.faults.append(f"life {self._life}: {text}")


class Streams:
    """The streams of all lives."""

    def __init__(self) -> None:
        self.all: list[Stream] = []
        self._by_life: dict[int, Stream] = {}
        self._told: dict[str, str] = {}

    def follow(self, process: Process, runtime: Runtime) -> None:
        """Subscribe to a life before it starts."""
        stream = Stream(process, runtime, self._told)
        self._by_life[process.number] = stream
        self.all.append(stream)

    def committed(self, process: Process, facts: Sequence[Fact]) -> None:
        """Hear of durable facts."""
        self._by_life[process.number].committed(facts)

    def lost_journal(self) -> None:
        """Forget what was told of what nobody remembers."""
        self._told.clear()

    def end(self) -> None:
        """Compare what the living were told with what they know."""
        if self.all:
            self.all[-1].end()

    @property
    def faults(self) -> list[str]:
        """Return what was told wrongly, over all lives."""
        return [fault for stream in self.all for fault in stream.faults]


def _without_clock(row: Any) -> Any:
    """Leave out when an account was looked at: that is told with the next news, not each time."""
    return {name: value for name, value in row.items() if name != "looked_at"}


def _copied(snapshot: Snapshot) -> dict[str, Any]:
    parts = {part: dict(snapshot[part]) for part in _PARTS}  # type: ignore[literal-required]  # as above
    return {**snapshot, **parts, "alerts": list(snapshot["alerts"])}
