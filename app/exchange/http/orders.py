"""The order routes: place, modify, cancel, the order list, histories and trades."""

from typing import Any

from app.exchange.http.endpoint import Answer, Call, Endpoint
from app.exchange.throttle import Bucket


def _place(call: Call) -> Any:
    data = call.service.venue.place(call.account, call.path["variety"], call.params)
    if "children" in data and call.service.behaviour.is_autoslice_flat:
        return data["children"]
    return data


def _modify(call: Call) -> Any:
    return call.service.venue.modify(call.account, call.path["variety"], call.path["order_id"], call.params)


def _cancel(call: Call) -> Any:
    return call.service.venue.cancel(call.account, call.path["variety"], call.path["order_id"], call.params)


def _list(call: Call) -> Answer:
    return Answer(200, call.service.order_lists.body(call.account, age_s=call.list_age_s))


def _history(call: Call) -> Any:
    return call.service.venue.order_history(call.account, call.path["order_id"])


def _order_trades(call: Call) -> Any:
    return call.service.venue.order_trades(call.account, call.path["order_id"])


def _trades(call: Call) -> Any:
    return call.service.venue.trades(call.account)


def placed_order_ids(data: Any) -> list[str]:
    """Return every order id in the data of an order route, whichever of its shapes it has."""
    if isinstance(data, list):
        return [row["order_id"] for row in data if "order_id" in row]
    children = [row["order_id"] for row in data.get("children", ()) if "order_id" in row]
    return children if "children" in data else [data["order_id"]]


ORDERS = (
    Endpoint(name="orders.place", method="POST", path="/orders/{variety}", serve=_place, bucket=Bucket.PLACE),
    Endpoint(
        name="orders.modify",
        method="PUT",
        path="/orders/{variety}/{order_id}",
        serve=_modify,
        bucket=Bucket.CHANGE,
    ),
    Endpoint(
        name="orders.cancel",
        method="DELETE",
        path="/orders/{variety}/{order_id}",
        serve=_cancel,
        bucket=Bucket.CHANGE,
    ),
    Endpoint(name="orders.list", method="GET", path="/orders", serve=_list),
    Endpoint(name="orders.history", method="GET", path="/orders/{order_id}", serve=_history),
    Endpoint(name="orders.trades", method="GET", path="/orders/{order_id}/trades", serve=_order_trades),
    Endpoint(name="trades.list", method="GET", path="/trades", serve=_trades),
)
