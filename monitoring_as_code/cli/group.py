"""The commands by name; a command's module is loaded when it is asked for."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from monitoring_as_code.cli import CANNOT_RUN, FINE, INTERRUPTED, console
from monitoring_as_code.cli.settings import Settings
from monitoring_as_code.version import __version__

# A command is a line here, and a module of its name that has `command`.
COMMANDS = {
    "build": "Compile the definitions into build/.",
    "lint": "Check the definitions, and that build/ is what they give.",
    "test": "Prove the alerts: that they fire, stay silent, and reach the right people.",
    "routes": "Show whom alerts reach, and the way of one alert.",
    "smoke": "Run the whole chain once on this machine, from the scrape to the message.",
    "up": "Start the stack on this machine, or apply changes to the one that runs.",
    "down": "Stop the stack; what it has stored is kept.",
    "status": "Show how the stack is, what is wrong with it, and where to look.",
    "logs": "Show what the services of the stack have logged.",
    "reset": "Stop the stack, and remove what it has stored.",
    "pin": "Ask the registries for the digests of the stack's images, and write them into the definitions.",
    "backup": "Back up samples, silences and Grafana's database; verify backups.",
    "restore": "Put a backup back.",
    "conform": "Hold a page of metrics, or what Prometheus scrapes, to the declarations.",
    "coverage": "Show which metrics are recorded, emitted, scraped, shown, alerted on and proven.",
    "backtest": "Say when the alerts would have fired in recorded history.",
    "learn": "Write declarations of the metrics that a program exposes.",
    "explain": "Print the page of a rule.",
    "list": "Show what is declared, where, and what uses it.",
    "completion": "Print the script that completes `mac` in a shell.",
}

EXIT_CODES = """\b
Exit codes:
  0    fine
  1    there are findings, or definitions that cannot be loaded
  2    it could not run: wrong usage, no project, no permission
  3    a mistake in mac itself
  130  interrupted"""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"monitoring_as_code.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

            advice = did_you_mean(args[0], COMMANDS) or f"there are {listed(COMMANDS, 'and')}"
            ctx.fail(f"there is no command `{args[0]}`: {advice}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Monitoring as code: definitions/*.py in, Prometheus, Alertmanager and Grafana files out.

    \b
    Start with a file definitions/orders.py:

    \b
      from monitoring_as_code import Alert, Counter
      orders = Counter(name="orders_total", help="Orders taken.")
      no_orders = Alert(name="NoOrders", expr=orders.rate("10m").sum() < 0.1, for_="15m",
                        severity="warning", summary="Orders have stopped")

    Then `mac build` writes the files below build/, to be committed, and `mac lint` says what is wrong.
    """,
    epilog=EXIT_CODES,
)
@click.option("-C", "directory", metavar="DIR", default=".", help="Work as if started in DIR.", type=click.Path())
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="auto: on a terminal, if NO_COLOR is not set; FORCE_COLOR colours without one.",
)
@click.version_option(__version__, prog_name="mac", message="%(prog)s %(version)s")
@click.pass_context
def mac(context: click.Context, directory: str, color: str) -> None:
    """Keep what is said before the command; the help is above."""
    context.obj = Settings(directory, color)
    context.color = console.colours(color)


def run(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    try:
        code = mac.main(arguments, prog_name="mac", standalone_mode=False)
    except Exception as error:  # noqa: BLE001 - what is no refusal is raised again
        return explained(error)
    return code if isinstance(code, int) else FINE


def explained(error: Exception) -> int:
    """Say why a command could not run; its exit code. What no command means to raise is raised again."""
    if isinstance(error, click.exceptions.Abort):
        return INTERRUPTED
    if isinstance(error, click.UsageError):
        error.show()
    elif isinstance(error, click.ClickException):
        console.note(f"mac: {error.message}")
    elif isinstance(error, OSError) and error.filename is None:  # one of our streams, and no file
        console.note(f"mac: the output cannot be written: {error.strerror}")
    elif _of_an_engine(error):
        console.note(f"mac: {error}")
    else:
        raise error
    return CANNOT_RUN


def _of_an_engine(error: Exception) -> bool:
    """Whether a real program is missing, or did not do its work; who has not loaded what drives them has not met one."""
    engines = sys.modules.get("monitoring_as_code.engines")
    return engines is not None and isinstance(error, (engines.EngineFailed, engines.MissingEngine, engines.ServerFailed))
