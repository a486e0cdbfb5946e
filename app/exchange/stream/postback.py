"""Postbacks: an HTTP POST to the app's URL when one of its own orders ends or is updated."""

import asyncio
import hashlib
import logging
from typing import Any

import aiohttp
import msgspec

from app.exchange.service import Service
from app.exchange.stream.updates import Update

STATUSES = frozenset({"COMPLETE", "CANCELLED", "REJECTED", "UPDATE"})
TIMEOUT_S = 3.0
APP_ID = 1
_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


def checksum(order_id: str, order_timestamp: str, api_secret: str) -> str:
    """Return Kite's proof of a postback. It does not cover status or quantity (kite.trade, postbacks)."""
    return hashlib.sha256(f"{order_id}{order_timestamp}{api_secret}".encode()).hexdigest()


class Postbacks:
    """Send postbacks for orders that came in through the account's own app; once each, never again."""

    def __init__(self, service: Service, client: aiohttp.ClientSession) -> None:
        self._service = service
        self._client = client
        self._tasks: set[asyncio.Task[None]] = set()

    def push(self, update: Update) -> None:
        """Send the update to its app's URL if it has one; does not wait for the answer."""
        url = self._service.postback_urls.get(update.account.user_id)
        if url is None or update.data["status"] not in STATUSES:
            return
        task = asyncio.create_task(self._post(url, update))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _post(self, url: str, update: Update) -> None:
        await asyncio.sleep(0)  # an order may end before the request that placed it is on the ledger
        if not self._service.ledger.has_placed(update.account.user_id, update.data["order_id"]):
            return
        body = _encode(self._body(update))
        try:
            async with self._client.post(
                url, data=body, headers={"Content-Type": "application/json"}, allow_redirects=False
            ) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError) as e:
            _log.warning("postback for order %s was not taken: %s", update.data["order_id"], e)

    def _body(self, update: Update) -> dict[str, Any]:
        account = update.account
        body = {name: value for name, value in update.data.items() if name != "account_id"}
        proof = checksum(body["order_id"], body["order_timestamp"], account.api_secret)
        return {**body, "user_id": account.user_id, "app_id": APP_ID, "checksum": proof}
