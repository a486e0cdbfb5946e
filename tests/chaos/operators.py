"""The operator before the page: ticks what is held, retries what failed, repeats a command until answered."""

import threading
from collections import Counter
from typing import Any
from uuid import uuid4

import requests

from tests.chaos.house import House

_LOOK_EVERY_S = 0.7
_REPEAT_S = 0.3
_RETRIED = {"NEEDS_OPERATOR", "FAILED", "EXPIRED"}
_FINAL = {200, 409}
_TAKEN_FOR_NO = 3
"""Refusals of the same thing after which a person believes them: one may only come from an old screen."""


class Operator:
    """Does what the page asks a person to do, through the page's API.

    A command without an answer is repeated under the same id, as the page does: that it acts once is part
    of what is proven here.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self.asked: Counter[str] = Counter()
        self.ticked: set[str] = set()
        self.retried: Counter[str] = Counter()
        self.repeats = 0
        self._refusals: Counter[str] = Counter()
        self.declined: dict[str, str] = {}

    def work(self, stop: threading.Event) -> None:
        """Look at the page until stopped, and do what it asks for."""
        while not stop.wait(_LOOK_EVERY_S):
            shown = self._house.shown()
            if shown is not None:
                self.answer(shown, stop)

    def answer(self, shown: dict[str, Any], stop: threading.Event) -> bool:
        """Tick and retry what a snapshot asks for; tell whether there was anything.

        What is refused with a reason again and again is `declined`, and not asked for any more. While
        copying is stopped there is nothing to press.
        """
        if shown["status"]["is_stopped"]:
            return False
        held, again = (
            [one for one in some if one["copy_id"] not in self.declined] for some in questions(shown)
        )
        if held:
            orders = list(dict.fromkeys(copy["primary_order_id"] for copy in held))
            self.asked["held"] += len(set(orders) - self.ticked)
            self.ticked.update(orders)
            self._give("/copies", {"orders": orders}, held, stop)
        if again:
            ticks = [{"copy_id": copy["copy_id"], "seen_state": copy["state"]} for copy in again]
            self.asked["retry"] += len(ticks)
            asked = [copy["copy_id"] for copy in again]
            self.retried.update(asked)
            granted = self._give("/retries", {"copies": ticks}, again, stop)
            self.retried.subtract(set(asked) - granted)
        return bool(held or again)

    def _give(self, path: str, body: dict[str, Any], asked: list[Any], stop: threading.Event) -> set[str]:
        """Give a command until it is answered, and return the copies that it was carried out for.

        Where the end comes before an answer it may have been carried out for all.
        """
        command = {"command_id": uuid4().hex, **body}
        keys = {one["copy_id"] for one in asked}
        while not stop.is_set():
            try:
                answer = self._house.ask("POST", path, command)
                if answer.status_code in _FINAL:
                    return self._note(answer.json().get("results") or [], keys)
            except requests.RequestException:
                pass
            self.repeats += 1
            stop.wait(_REPEAT_S)
        return keys

    def _note(self, results: list[dict[str, Any]], asked: set[str]) -> set[str]:
        for result in results:
            key = result["key"]
            if key not in asked:
                continue
            self._refusals[key] = 0 if result["accepted"] else self._refusals[key] + 1
            if self._refusals[key] >= _TAKEN_FOR_NO:
                self.declined[key] = result["message"]
        return asked & {result["key"] for result in results if result["accepted"]}


def questions(shown: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Return the copies that wait for a tick, and those that an operator would retry."""
    copies = shown["copies"].values()
    held = [copy for copy in copies if copy["state"] == "HELD"]
    again = [
        copy
        for copy in copies
        if copy["may_retry"] and copy["state"] in _RETRIED and not _is_over(shown, copy)
    ]
    return held, again


def _is_over(shown: dict[str, Any], copy: dict[str, Any]) -> bool:
    """Tell whether there is nothing left to mirror."""
    order = shown["orders"][copy["primary_order_id"]]
    return order["status"] in {"CANCELLED", "REJECTED"} and not order["filled_quantity"]
