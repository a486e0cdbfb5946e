"""Square-offs of before the journal was lost: known again by their tags, told of, and never doubled."""

from app.domain.copies import CopyState
from app.domain.orders import Side
from tests.builders.copier import Copier
from tests.builders.squaring import (
    INFY,
    NIFTY,
    S1,
    alerts,
    carry_out_amendments,
    entered,
    fill_all,
    rests_at_the_edge,
    sent,
    square_off,
    square_offs,
)


def _forgotten(copier: Copier) -> Copier:
    copier.lose_the_journal()
    copier.look_at_all()
    copier.look(gap_s=None)
    copier.look_at_all()
    return copier


def _closed(copier: Copier, *instruments: str) -> Copier:
    square_off(copier, 1, *instruments)
    copier.look_at()
    fill_all(copier)
    return copier


def test_it_is_known_again_and_told_of() -> None:
    copier = _closed(entered())
    [before] = square_offs(copier)
    [after] = square_offs(_forgotten(copier))
    assert (after.copy_id, after.state) == (before.copy_id, CopyState.FILLED)
    assert after.legs[0].tag == before.legs[0].tag
    assert f"squared off {INFY} by {after.legs[0].order_id} before its journal was lost" in alerts(copier)
    assert copier.engine.view.snapshot()["accounts"][S1]["strangers"] == []
    assert (copier.sent, copier.engine.state.square_offs) == ([], {})


def test_one_in_slices_is_known_whole() -> None:
    copier = _closed(entered(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65 * 40), NIFTY)
    [copy] = square_offs(_forgotten(copier))
    assert [leg.quantity for leg in copy.legs] == [1755, 845]
    assert copy.closing_units == 2600


def test_what_it_still_closes_is_cancelled_before_another_closes_the_rest() -> None:
    copier = entered()
    square_off(copier)
    copier.look_at()
    rests_at_the_edge(copier)
    _forgotten(copier)
    assert "already" in square_off(copier).results[0].message
    copier.desks[S1].cancel(str(square_offs(copier)[0].legs[0].order_id))
    copier.look_at()
    assert square_off(copier).accepted
    copier.look_at()
    assert sent(copier) == [("S1", Side.SELL, "MARKET", 10)]
    first, second = square_offs(copier)
    assert first.legs[0].tag != second.legs[0].tag


def test_an_exit_of_the_primary_leaves_to_it_what_it_still_closes() -> None:
    copier = entered()
    square_off(copier)
    copier.look_at()
    rests_at_the_edge(copier)
    _forgotten(copier)
    copier.primary_places(side=Side.SELL)
    copier.look_at()
    assert copier.sent == []


def test_the_same_command_again_finds_nothing_to_close() -> None:
    copier = entered()
    square_off(copier, command_id="pressed once")
    copier.look_at()
    fill_all(copier)
    _forgotten(copier)
    answer = square_off(copier, command_id="pressed once")
    assert not answer.accepted
    carry_out_amendments(copier)
    assert copier.sent == []


def test_one_that_is_found_while_another_is_asked_for_takes_its_place() -> None:
    """The broker took it late: under the tag that the new one would have, so it is the new one."""
    copier = entered()
    square_off(copier)
    copier.look_at()
    [late] = copier.sent
    copier.lose_the_journal()
    copier.look_at_all()
    square_off(copier)
    copier.accept(late, is_answered=False)
    copier.look_at()
    assert copier.sent == []
    assert [copy.state for copy in square_offs(copier)] == [CopyState.FILLED]
    assert copier.engine.lanes[S1].held(INFY, "MIS") == 0


def test_two_of_one_position_are_told_apart() -> None:
    copier = _closed(entered(_closed(entered())))
    tags = {leg.tag for copy in square_offs(copier) for leg in copy.legs}
    assert len(tags) == 2
    assert {leg.tag for copy in square_offs(_forgotten(copier)) for leg in copy.legs} == tags
