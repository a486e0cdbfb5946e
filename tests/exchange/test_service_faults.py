"""The fault plan: which rule a request meets, and that it says exactly whether the request was taken."""

from random import Random

import msgspec
import pytest

from app.exchange.faults import SHAPES, Acceptance, FaultKind, FaultPlan, FaultRule, Reply


def plan_with(*rules: FaultRule, seed: int = 1) -> FaultPlan:
    plan = FaultPlan(Random(seed))  # noqa: S311 - must be repeatable, not secret
    for rule in rules:
        plan.add(rule, now_s=0.0)
    return plan


def place(plan: FaultPlan, account: str = "PA0002", now_s: float = 0.0, tag: str = "") -> FaultKind | None:
    fault = plan.pick(account=account, route="orders.place", now_s=now_s, tag=tag)
    return fault.kind if fault else None


def test_a_rule_applies_once_unless_told_otherwise() -> None:
    plan = plan_with(FaultRule(kind=FaultKind.HANG))
    assert [place(plan), place(plan)] == [FaultKind.HANG, None]
    forever = plan_with(FaultRule(kind=FaultKind.HANG, count=None))
    assert {place(forever) for _ in range(20)} == {FaultKind.HANG}


def test_a_rule_is_for_its_account_route_and_tag_only() -> None:
    plan = plan_with(FaultRule(kind=FaultKind.HANG, account="PA0002", tag="TC*", count=None))
    assert place(plan, "PA0003", tag="TCX") is None
    assert place(plan, "PA0002", tag="other") is None
    assert plan.pick(account="PA0002", route="orders.cancel", now_s=0, tag="TCX") is None
    assert place(plan, "PA0002", tag="TCX") is FaultKind.HANG


def test_skip_lets_the_first_matches_pass() -> None:
    plan = plan_with(FaultRule(kind=FaultKind.TOO_MANY, skip=2))
    assert [place(plan) for _ in range(4)] == [None, None, FaultKind.TOO_MANY, None]


def test_a_rule_ends_by_time() -> None:
    plan = plan_with(FaultRule(kind=FaultKind.MAINTENANCE, count=None, for_s=5.0))
    assert place(plan, now_s=4.9) is FaultKind.MAINTENANCE
    assert place(plan, now_s=5.0) is None
    assert plan.rules(now_s=5.0) == []


def test_the_first_rule_added_wins() -> None:
    plan = plan_with(FaultRule(kind=FaultKind.HANG), FaultRule(kind=FaultKind.REFUSE))
    assert [place(plan), place(plan), place(plan)] == [FaultKind.HANG, FaultKind.REFUSE, None]


def test_the_same_seed_gives_the_same_faults() -> None:
    def run(seed: int) -> list[bool]:
        plan = plan_with(FaultRule(kind=FaultKind.HANG, count=None, probability=0.3), seed=seed)
        return [place(plan) is not None for _ in range(200)]

    assert run(7) == run(7)
    assert run(7) != run(8)
    assert 30 <= sum(run(7)) <= 90


def test_the_error_can_be_worded_by_the_rule() -> None:
    rule = FaultRule(kind=FaultKind.SERVER_ERROR_AFTER, http_status=504, message="Gateway", is_html=True)
    fault = plan_with(rule).pick(account="PA0002", route="orders.place", now_s=0)
    assert fault is not None
    assert fault.error == (504, "NetworkException", "Gateway")
    assert (fault.acceptance, fault.reply) == (Acceptance.NOW, Reply.HTML)


def test_every_kind_has_a_shape_and_its_name_tells_the_moment() -> None:
    assert set(SHAPES) == set(FaultKind)
    for kind, shape in SHAPES.items():
        if kind.value.endswith("_before"):
            assert shape.acceptance is Acceptance.NEVER
        if kind.value.endswith("_after"):
            assert shape.acceptance is Acceptance.NOW
        if kind.value.startswith("late_"):
            assert shape.acceptance is Acceptance.LATE
            assert shape.delay_s > 0
        if shape.reply in (Reply.ERROR, Reply.HTML):
            assert shape.error is not None


def test_push_faults_and_request_faults_do_not_meet() -> None:
    plan = plan_with(FaultRule(kind=FaultKind.PUSH_DROP, route="COMPLETE"), FaultRule(kind=FaultKind.HANG))
    assert plan.pick_push(account="PA0001", status="OPEN", now_s=0) is None
    dropped = plan.pick_push(account="PA0001", status="COMPLETE", now_s=0)
    assert dropped is not None
    assert dropped.kind is FaultKind.PUSH_DROP
    assert place(plan) is FaultKind.HANG


def test_stale_lists_are_for_the_order_list_and_not_too_old() -> None:
    plan = plan_with(FaultRule(kind=FaultKind.STALE_ORDERS))
    assert place(plan) is None
    stale = plan.pick(account="PA0001", route="orders.list", now_s=0)
    assert stale is not None
    assert stale.delay_s == 3.0
    with pytest.raises(ValueError, match="at most 30 s"):
        plan.add(FaultRule(kind=FaultKind.STALE_ORDERS, delay_s=31), now_s=0)
    with pytest.raises(ValueError, match=r"orders\.list only"):
        plan.add(FaultRule(kind=FaultKind.STALE_ORDERS, route="orders.place"), now_s=0)


def test_rules_can_be_listed_removed_and_cleared() -> None:
    plan = plan_with()
    first = plan.add(FaultRule(kind=FaultKind.HANG, count=None), now_s=0)
    plan.add(FaultRule(kind=FaultKind.REFUSE), now_s=0)
    place(plan)
    assert [(row["id"], row["applied"]) for row in plan.rules(now_s=0)] == [(1, 1), (2, 0)]
    assert plan.remove(first)
    assert not plan.remove(first)
    assert place(plan) is FaultKind.REFUSE
    plan.add(FaultRule(kind=FaultKind.HANG), now_s=0)
    plan.clear()
    assert place(plan) is None


@pytest.mark.parametrize(
    "bad", [b'{"kind":"explode"}', b'{"kind":"hang","probabilty":1}', b'{"kind":"hang","count":0}']
)
def test_a_rule_that_cannot_be_meant_is_refused(bad: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(bad, type=FaultRule)
