"""The operator at their files: multipliers, modes, symbols, order types, accounts taken out, and typos."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random

from app.domain.accounts import Account, AccountMode, CopyRules, Rulebook
from app.domain.orders import OrderType
from app.ports.config_store import ConfigProblem, ConfigRefusedError
from tests.simulation.engine_host import EngineHost
from tests.simulation.history import History
from tests.simulation.setting import MULTIPLIERS, STOCKS

_TURN_S = 0.5
_TYPO = ConfigProblem(
    file="copier_config.json", line=3, path="copy_rules", reason="A typo (simulated).", example="{}"
)


class RuleEditor:
    """Edits the rulebook while copying goes on; `revisions` has every one there ever was."""

    def __init__(self, host: EngineHost, *, per_s: float, random: Random, history: History) -> None:
        self._host = host
        self._per_s = per_s
        self._random = random
        self._history = history
        self._first = host.rulebook
        self.revisions: dict[str, Rulebook] = {self._first.revision: self._first}

    async def run(self) -> None:
        """Edit until cancelled, or not at all."""
        while self._per_s > 0:
            await asyncio.sleep(_TURN_S)
            if self._random.random() < self._per_s * _TURN_S:
                self._edit()

    def put_right(self) -> None:
        """Take every account back in, and every order of theirs, with the multipliers of now."""
        known = {account.account_id: account for account in self._host.rulebook.secondaries}
        secondaries = tuple(
            replace(first, multiplier=known.get(first.account_id, first).multiplier)
            for first in self._first.secondaries
        )
        if replace(self._host.rulebook, revision="") != replace(self._first, revision=""):
            self._save(replace(self._first, secondaries=secondaries))

    def _edit(self) -> None:
        draw = self._random.random()
        if draw < 0.15:
            self._history.note("rules broken")
            self._host.refuse_edit(ConfigRefusedError((_TYPO,)))
        elif draw < 0.3:
            self._save(replace(self._host.rulebook, rules=self._other_rules()))
        elif draw < 0.5:
            self._take_out_or_back()
        else:
            one = self._random.choice(self._host.rulebook.secondaries)
            self._change(one.account_id, self._other_account)

    def _other_rules(self) -> CopyRules:
        types = [OrderType.LIMIT, OrderType.MARKET, OrderType.SL]
        if self._random.random() < 0.5:
            types.remove(self._random.choice(types))
        return replace(self._host.rulebook.rules, order_types=frozenset(types))

    def _other_account(self, account: Account) -> Account:
        draw = self._random.random()
        if draw < 0.4:
            return replace(account, multiplier=Fraction(self._random.choice(MULTIPLIERS)))
        if draw < 0.7:
            return replace(account, mode=self._random.choice(list(AccountMode)))
        symbol = self._random.choice(STOCKS).split(":")[1]
        chosen = frozenset({symbol} if self._random.random() < 0.5 else ())
        return replace(account, deny=chosen) if draw < 0.9 else replace(account, allow=chosen)

    def _take_out_or_back(self) -> None:
        here = self._host.rulebook.secondaries
        gone = [one for one in self._first.secondaries if one.account_id not in {a.account_id for a in here}]
        if gone:
            self._save(replace(self._host.rulebook, secondaries=(*here, self._random.choice(gone))))
        elif len(here) > 1:
            out = self._random.choice(here)
            self._save(replace(self._host.rulebook, secondaries=tuple(a for a in here if a is not out)))

    def _change(self, account_id: str, change: Callable[[Account], Account]) -> None:
        changed = tuple(
            change(one) if one.account_id == account_id else one for one in self._host.rulebook.secondaries
        )
        self._save(replace(self._host.rulebook, secondaries=changed))

    def _save(self, rulebook: Rulebook) -> None:
        named = replace(rulebook, revision=f"r{len(self.revisions) + 1}")
        self.revisions[named.revision] = named
        self._host.rulebook = named
        accounts = [(one.account_id, str(one.multiplier), one.mode.value) for one in named.secondaries]
        self._history.note("rules edited", detail=f"{named.revision} {accounts}")
        self._host.edit()
