"""`mac completion`."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from monitoring_as_code.cli import console
from monitoring_as_code.cli.group import EXIT_CODES

_FOR_GOOD = {
    "bash": 'add the line `eval "$(mac completion bash)"` to ~/.bashrc',
    "zsh": 'add the line `eval "$(mac completion zsh)"` to ~/.zshrc, after compinit',
    "fish": "run `mac completion fish > ~/.config/fish/completions/mac.fish`",
}


@click.command(
    "completion",
    help="""Print the script that completes commands, options and rules' names in a shell.

    \b
    For good:
      bash   add to ~/.bashrc:                    eval "$(mac completion bash)"
      zsh    add to ~/.zshrc, after compinit:     eval "$(mac completion zsh)"
      fish   mac completion fish > ~/.config/fish/completions/mac.fish
    """,
    epilog=EXIT_CODES,
)
@click.argument("shell", type=click.Choice(list(_FOR_GOOD)))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the script of a shell."""
    made = get_completion_class(shell)
    if made is None:
        raise click.ClickException(f"click knows no completion for {shell}")
    complete = made(context.find_root().command, {}, "mac", "_MAC_COMPLETE")
    # The class for bash would start bash here to ask for its version.
    script = ShellComplete.source(complete)
    console.out(f"# To have it in every shell, {_FOR_GOOD[shell]}.\n{script.rstrip()}\n")
