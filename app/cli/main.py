"""The list of commands; each is imported only when it is called, so that none carries another's weight."""

import importlib

import click

COMMANDS = (
    "serve",
    "check",
    "login",
    "sign-in",
    "vault",
    "export",
    "backup",
    "restore",
    "verify",
    "exchange",
    "google",
    "engine",
    "web",
    "records",
)
DEFAULT = "serve"

_OWN_OPTIONS = frozenset({"--help", "-h"})


class _LazyGroup(click.Group):
    """Find `some-name` as `command` in app/cli/some_name.py, and take `serve` where no name is given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in _OWN_OPTIONS):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"app.cli.{cmd_name.replace('-', '_')}")
        command = module.command
        if not isinstance(command, click.Command):
            raise TypeError(f"app/cli has no command object for {cmd_name}")
        return command


@click.group(
    cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
def main() -> None:
    """Copy the orders of one Zerodha account to others. Without a command: serve."""
