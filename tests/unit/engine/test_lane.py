"""Whatever is reckoned from a lane is reckoned anew after each news of it: its edition tells of them."""

from app.domain.ids import AccountId, ClientOrderId
from app.domain.pacing import Limits
from app.engine.lane import Lane
from app.ports.broker import UnreadableRow

TAG = ClientOrderId("TCAAAAAAAAAAAAAAAAAA")
ROW = UnreadableRow(text="It has no quantity.", our_tags=(TAG,))


def test_a_hidden_tag_is_news_when_it_comes_and_when_it_goes_and_at_no_other_time() -> None:
    lane = Lane(AccountId("S1"), Limits())
    editions = []
    for _ in range(2):
        lane.hide(TAG, ROW)
        editions.append(lane.edition)
    for _ in range(2):
        lane.unhide(TAG)
        editions.append(lane.edition)
    assert editions == [1, 1, 2, 2]


def test_a_tag_that_the_same_unreadable_rows_hide_again_is_news() -> None:
    lane = Lane(AccountId("S1"), Limits())
    lane.take_unreadable((ROW,))
    lane.unhide(TAG)
    before = lane.edition
    lane.take_unreadable((ROW,))
    assert TAG in lane.hidden
    assert lane.edition > before
