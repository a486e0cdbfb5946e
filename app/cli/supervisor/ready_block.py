"""What the operator reads once everything runs."""

from fractions import Fraction

from app.domain.accounts import Account, AccountMode, Rulebook
from app.settings import PAPER_SPREADSHEET, Settings, Venue

_MODES = {
    Venue.PAPER: "paper: the exchange in this folder, invented money; no order leaves this computer",
    Venue.LIVE: "LIVE: real orders at Zerodha; at the first start they wait for your tick (manual mode)",
}


def ready_block(settings: Settings, venue: Venue, rules: Rulebook, sign_in_link: str) -> str:
    """Write the lines that say where to go, what runs, on which accounts, and how to end it."""
    accounts = [f"{_named(rules.primary)}, primary", *(_secondary(account) for account in rules.secondaries)]
    lines = [
        ("Open", sign_in_link),
        ("", "The link works once; for another: python run.py sign-in"),
        ("Mode", _MODES[venue]),
        *zip(["Accounts", *[""] * len(rules.secondaries)], accounts, strict=True),
        ("Rules", f"{settings.rules_folder(venue)} (edit while it runs)"),
        ("Data", str(settings.home(venue))),
        *([("Log", _log(settings, venue))] if settings.records else []),
        ("Stop", "Ctrl-C"),
    ]
    body = "\n".join(f"  {name:<9} {value}" for name, value in lines)
    return f"\nTandem is ready\n{body}\n"


def _log(settings: Settings, venue: Venue) -> str:
    """Say where copies are written down."""
    if venue is Venue.PAPER:
        return f"{settings.google_root}/spreadsheets/d/{PAPER_SPREADSHEET} (a stand-in for Google Sheets)"
    return "the Google spreadsheet that copier.json names, if it names one: docs/records.md"


def _named(account: Account) -> str:
    return (
        account.account_id if account.name == account.account_id else f"{account.account_id} {account.name}"
    )


def _secondary(account: Account) -> str:
    mode = "" if account.mode is AccountMode.ON else f", {account.mode}"
    return f"{_named(account)} × {multiplier_text(account.multiplier)}{mode}"


def multiplier_text(multiplier: Fraction) -> str:
    """Write a multiplier as the operator would: 2.5, not 5/2."""
    return f"{float(multiplier):g}"
