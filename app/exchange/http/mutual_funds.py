"""The mutual fund routes, served from the fund book."""

from typing import Any

from app.exchange.funds import instruments_csv
from app.exchange.http.endpoint import Answer, Call, Endpoint
from app.exchange.throttle import Bucket


def _orders(call: Call) -> Any:
    return call.service.funds.orders(call.account.user_id)


def _order(call: Call) -> Any:
    return call.service.funds.order(call.account.user_id, call.path["order_id"])


def _place_order(call: Call) -> Any:
    return call.service.funds.place_order(call.account.user_id, call.params, call.service.venue.clock.stamp())


def _cancel_order(call: Call) -> Any:
    return call.service.funds.cancel_order(call.account.user_id, call.path["order_id"])


def _sips(call: Call) -> Any:
    return call.service.funds.sips(call.account.user_id)


def _sip(call: Call) -> Any:
    return call.service.funds.sip(call.account.user_id, call.path["sip_id"])


def _place_sip(call: Call) -> Any:
    return call.service.funds.place_sip(call.account.user_id, call.params, call.service.venue.clock.stamp())


def _modify_sip(call: Call) -> Any:
    return call.service.funds.modify_sip(call.account.user_id, call.path["sip_id"], call.params)


def _cancel_sip(call: Call) -> Any:
    return call.service.funds.cancel_sip(call.account.user_id, call.path["sip_id"])


def _holdings(_call: Call) -> Any:
    """Answer that nobody holds fund units: none are ever allotted here."""
    return []


def _instruments(call: Call) -> Answer:
    return Answer(200, instruments_csv(call.service.venue.clock.now().date()).encode(), "text/csv")


MUTUAL_FUNDS = (
    Endpoint(name="mf.orders", method="GET", path="/mf/orders", serve=_orders),
    Endpoint(name="mf.orders", method="GET", path="/mf/orders/{order_id}", serve=_order),
    Endpoint(name="mf.place", method="POST", path="/mf/orders", serve=_place_order),
    Endpoint(name="mf.cancel", method="DELETE", path="/mf/orders/{order_id}", serve=_cancel_order),
    Endpoint(name="mf.sips", method="GET", path="/mf/sips", serve=_sips),
    Endpoint(name="mf.sips", method="GET", path="/mf/sips/{sip_id}", serve=_sip),
    Endpoint(name="mf.place_sip", method="POST", path="/mf/sips", serve=_place_sip),
    Endpoint(name="mf.modify_sip", method="PUT", path="/mf/sips/{sip_id}", serve=_modify_sip),
    Endpoint(name="mf.cancel_sip", method="DELETE", path="/mf/sips/{sip_id}", serve=_cancel_sip),
    Endpoint(name="mf.holdings", method="GET", path="/mf/holdings", serve=_holdings),
    Endpoint(
        name="mf.instruments",
        method="GET",
        path="/mf/instruments",
        serve=_instruments,
        bucket=Bucket.FREE,
        needs_token=False,
    ),
)
