"""The command `mac`. Nothing outside of this package prints or exits."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from monitoring_as_code import pydantic_engine
from monitoring_as_code.cli.finding import find_our_own

FINE = 0
FINDINGS = 1
CANNOT_RUN = 2
OUR_MISTAKE = 3
INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command that this process was given, and end the process with its exit code."""
    # A run makes many objects that live to its end and little garbage: looking for it often takes longer than the work.
    gc.set_threshold(200_000, 100, 1000)
    find_our_own()
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            pass  # nobody is there to read it
    # Taking the interpreter apart is a tenth of a small build, and there is nothing left to save.
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    try:
        from monitoring_as_code.cli import console

        console.prepare()
        pydantic_engine.alone()
        return _plain(arguments[0]) if arguments in _PLAIN else _parsed(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - whatever it is, it is not the user's
        import traceback

        print("mac: this is a mistake in mac, not in your definitions. Please report it with all that follows.", file=sys.stderr)
        traceback.print_exc()
        return OUR_MISTAKE


# In what CI and hooks run most there is nothing to parse, and click's import is a tenth of a small build.
_PLAIN = (["build"], ["lint"])


def _plain(name: str) -> int:
    from monitoring_as_code.cli.settings import Settings

    try:
        if name == "build":
            from monitoring_as_code.cli.building import build

            return build(Settings())
        from monitoring_as_code.cli.linting import lint

        return lint(Settings())
    except Exception as error:  # noqa: BLE001 - what is no refusal is raised again
        from monitoring_as_code.cli.group import explained

        return explained(error)


def _parsed(arguments: list[str]) -> int:
    from monitoring_as_code.cli import group

    return group.run(arguments)
