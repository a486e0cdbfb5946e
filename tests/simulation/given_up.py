"""What the operator has skipped or cancelled, followed by the durable facts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain import events as e
from app.domain.reasons import ReasonCode

if TYPE_CHECKING:
    from tests.simulation.world import Sent


class GivenUp:
    """Knows which copies the operator wants nothing more of: those `cancelled`, and those `skipped`."""

    def __init__(self) -> None:
        self.cancelled: set[str] = set()
        self.skipped: set[str] = set()
        self._closed_since_stop: set[str] = set()
        self._copy_of_tag: dict[str, str] = {}
        self._tag_of_order: dict[str, str] = {}

    def committed(self, facts: Sequence[e.Fact]) -> None:
        """Take facts in that are durable now."""
        for fact in facts:
            match fact:
                case e.CopyPlanned() | e.LegsAdded():
                    self._copy_of_tag |= {str(leg.tag): str(fact.copy_id) for leg in fact.legs}
                    if isinstance(fact, e.CopyPlanned):
                        self.cancelled.discard(fact.copy_id)
                case e.CopyWithdrawn():
                    if fact.reason.code is ReasonCode.CANCELLED_BY_OPERATOR and fact.units == 0:
                        self.cancelled.add(fact.copy_id)
                case e.CopySettled(reason=reason):
                    if reason is not None and reason.code is ReasonCode.SKIPPED_BY_OPERATOR:
                        self.skipped.add(fact.copy_id)
                case e.CopyingStopped():
                    self._closed_since_stop.clear()
                case e.SquareOffAsked():
                    self._closed_since_stop.add(fact.origin)
                case e.AmendmentStarted():
                    self._tag_of_order[fact.order_id] = str(fact.tag)
                case _:
                    pass

    def lost_journal(self) -> None:
        """Know that nobody remembers any more."""
        self.cancelled.clear()
        self.skipped.clear()

    def passes_stop(self, sent: "Sent") -> bool:
        """Tell whether a request cancels what the operator cancelled, or squares off since the stop."""
        copy_id = str(self._copy_of(sent))
        is_square_off = copy_id.split(":", maxsplit=1)[0] in self._closed_since_stop
        return is_square_off or (sent.action == "cancel" and copy_id in self.cancelled)

    def is_against(self, sent: "Sent") -> bool:
        """Tell whether a request places what was given up, or changes what was cancelled."""
        copy_id = self._copy_of(sent)
        is_placed_skipped = sent.action == "place" and copy_id in self.skipped
        return is_placed_skipped or (sent.action != "cancel" and copy_id in self.cancelled)

    def _copy_of(self, sent: "Sent") -> str | None:
        tag = sent.tag if sent.action == "place" else self._tag_of_order.get(str(sent.order_id))
        return self._copy_of_tag.get(str(tag))
