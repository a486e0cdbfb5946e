"""`run.py exchange`: the Kite-compatible exchange by itself, for trying things and for tests."""

from pathlib import Path

import click

from app.cli.settings_option import refuse, settings_or_refuse
from app.cli.supervised import attend, pulse


@click.command("exchange")
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="0 takes a free one. [default: TANDEM_EXCHANGE_PORT]"
)
@click.option(
    "--strict-2026/--lax", default=True, show_default=True, help="The rules of 1 April 2026, or without."
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Of the price walk: same seed, same prices."
)
@click.option("--accounts", type=int, default=4, show_default=True, help="How many: PA0001, PA0002 …")
@click.option(
    "--scenario", default="idle", show_default=True, help="What the primary does by itself: idle or day."
)
@click.option(
    "--state-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep orders, tokens and the ledger here; without it a restart begins anew.",
)
@click.option(
    "--keep-tokens/--flush-tokens", default=True, show_default=True, help="Do tokens outlive 06:00?"
)
@click.option(
    "--rate-limits/--no-rate-limits", default=True, show_default=True, help="Kite's limits, or none."
)
@click.option("--supervised", is_flag=True, hidden=True)
def command(  # noqa: PLR0913 - one argument per option
    *,
    host: str,
    port: int | None,
    strict_2026: bool,
    seed: int,
    accounts: int,
    scenario: str,
    state_dir: Path | None,
    keep_tokens: bool,
    rate_limits: bool,
    supervised: bool,
) -> None:
    """Run the Kite-compatible exchange on loopback until Ctrl-C; docs/exchange.md tells what it serves."""
    told = attend() if supervised else {}
    from app.exchange.server import ExchangeOptions, main  # noqa: PLC0415 - only this process pays for it

    try:
        options = ExchangeOptions(
            host=host,
            port=settings_or_refuse().exchange_port if port is None else port,
            strict_2026=strict_2026,
            seed=seed,
            accounts=accounts,
            scenario=scenario,
            state_dir=state_dir,
            keep_tokens=keep_tokens,
            has_rate_limits=rate_limits,
            beat=pulse(told),
        )
    except ValueError as error:
        refuse(str(error))
    main(options)
