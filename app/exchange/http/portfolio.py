"""The routes about what a user is, has and may spend: profile, margins, positions, holdings, charges."""

from typing import Any

from app.exchange.errors import input_error
from app.exchange.http.endpoint import Call, Endpoint


def _profile(call: Call) -> Any:
    return call.service.venue.profile(call.account)


def _margins(call: Call) -> Any:
    return call.service.venue.margins(call.account, call.path.get("segment"))


def _positions(call: Call) -> Any:
    return call.service.venue.positions(call.account)


def _convert(call: Call) -> Any:
    return call.service.venue.convert_position(call.account, call.params)


def _holdings(call: Call) -> Any:
    return call.service.venue.holdings(call.account)


def _auctions(call: Call) -> Any:
    return call.service.venue.holdings_auctions(call.account)


def _order_margins(call: Call) -> Any:
    return call.service.venue.order_margins(call.account, _rows(call))


def _basket_margins(call: Call) -> Any:
    # The client writes Python's "True" and "False" into the query.
    considers = call.params.get("consider_positions", "true").lower() != "false"
    mode = call.params.get("mode")
    return call.service.venue.basket_margins(call.account, _rows(call), considers, mode)


def _charges(call: Call) -> Any:
    return call.service.venue.charges(call.account, _rows(call))


def _rows(call: Call) -> list[dict[str, Any]]:
    if not isinstance(call.json, list) or not all(isinstance(row, dict) for row in call.json):
        raise input_error("The body has to be a JSON list of orders.")
    return call.json


PORTFOLIO = (
    Endpoint(name="user.profile", method="GET", path="/user/profile", serve=_profile),
    Endpoint(name="user.margins", method="GET", path="/user/margins", serve=_margins),
    Endpoint(name="user.margins", method="GET", path="/user/margins/{segment}", serve=_margins),
    Endpoint(name="portfolio.positions", method="GET", path="/portfolio/positions", serve=_positions),
    Endpoint(name="portfolio.convert", method="PUT", path="/portfolio/positions", serve=_convert),
    Endpoint(name="portfolio.holdings", method="GET", path="/portfolio/holdings", serve=_holdings),
    Endpoint(name="portfolio.auctions", method="GET", path="/portfolio/holdings/auctions", serve=_auctions),
    Endpoint(
        name="margins.orders", method="POST", path="/margins/orders", serve=_order_margins, takes_json=True
    ),
    Endpoint(
        name="margins.basket", method="POST", path="/margins/basket", serve=_basket_margins, takes_json=True
    ),
    Endpoint(name="charges.orders", method="POST", path="/charges/orders", serve=_charges, takes_json=True),
)
