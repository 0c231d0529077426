"""`mac pin`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import CANNOT_RUN, FINDINGS, FINE, console
from monitoring_as_code.cli.environments import environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring_as_code.cli.session import Session
    from monitoring_as_code.model.images import Image


@click.command(
    "pin",
    help="""Ask the registries which digest the tags of the stack's images have, and write it into the definitions: with it, what runs is what
    was tried, whatever becomes of a tag. A digest is computed of what the registry serves, and must be the one that it names.

    Where an image is not written down in the definitions as plain text, what to write is said. Private registries are asked with the login
    that `docker login` has kept in its file.

    With `--check` nothing is written, and the exit code is 1 if a tag leads to another digest by now than the one that is declared.
    """,
    epilog=EXIT_CODES,
)
@click.option("--check", is_flag=True, help="Only say whether a tag has moved.")
@environment_option("The environment whose images are asked for; all of them if not said.")
@click.pass_obj
def command(settings: Settings, *, check: bool) -> int:
    """Ask for each image, and say or write what was found."""
    from monitoring_as_code.cli.session import errors, open_every, show
    from monitoring_as_code.lint.environments import together
    from monitoring_as_code.operate.registry import RegistryError, digest_of

    sessions = open_every(settings)
    problems = together([(each.analysis.project, each.analysis.project.problems) for each in sessions])
    if errors(problems):
        show(sessions[0], settings, problems)
        return FINDINGS
    images = _used(sessions)
    if not images:
        console.note("there are no images: the definitions have no `Stack`")
        return FINE
    code = FINE
    changes: list[tuple[str, Image, str]] = []
    failures: set[str] = set()
    for alike in images.values():
        image = alike[0][1]
        shown = f"{image.repository}:{image.tag}"
        try:
            found = digest_of(image)
        except RegistryError as error:
            if str(error) not in failures:  # a registry that cannot be reached has several images
                console.note(f"mac: {error}")
            failures.add(str(error))
            code = max(code, FINDINGS if error.absent else CANNOT_RUN)
            continue
        if found.platforms == 1:
            console.note(f"warning: `{shown}` is there for one kind of machine only")
        if found.digest == image.digest:
            console.out(f"{shown} {found.digest}\n")
            continue
        if image.digest is not None:
            console.note(f"`{shown}` has moved: it was {image.digest}")
            code = max(code, FINDINGS if check else FINE)
        elif check:
            console.note(f"`{shown}` is not pinned: `mac pin` writes its digest down")
        console.out(f"{shown} {found.digest} (new)\n")
        changes += [(name, each, found.digest) for name, each in alike]
    if not check:
        _write(sessions, changes)
    return code


def _used(sessions: Sequence[Session]) -> dict[str, list[tuple[str, Image]]]:
    """The images that the stack's Compose file names in any environment, by reference, with what the table calls them."""
    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.model.images import Images
    from monitoring_as_code.targets.compose import render

    found: dict[str, list[tuple[str, Image]]] = {}
    for session in sessions:
        stack = session.analysis.stack
        if stack is None:
            continue
        rendered = [each for each in render(session.analysis) if not isinstance(each, Diagnostic)]
        compose = "".join(content for path, content in rendered if path == "compose.yaml")
        run = {line.strip().removeprefix("image: ").strip('"') for line in compose.splitlines() if line.strip().startswith("image: ")}
        for name in Images.__annotations__:
            image: Image = getattr(stack.images, name)
            if image.reference in run:
                found.setdefault(image.reference, []).append((name, image))
    return found


def _write(sessions: Sequence[Session], changes: list[tuple[str, Image, str]]) -> None:
    """Write digests where an image stands in the definitions as text; say the others."""
    from monitoring_as_code.cli.fixing import rewritten
    from monitoring_as_code.cli.session import shown_path
    from monitoring_as_code.origin.source import read

    definitions = {module.path for session in sessions for module in session.analysis.project.modules}
    unwritten: dict[str, None] = {}
    by_file: dict[str, list[tuple[int, int, str]]] = {}
    for name, image, digest in changes:
        place = _place(image, digest)
        if place is None or place[0] not in definitions:
            unwritten[f'{name}=Image(repository="{image.repository}", tag="{image.tag}", digest="{digest}")'] = None
            continue
        known = by_file.setdefault(place[0], [])
        if place[1:] not in known:  # several images may be one in the definitions
            known.append(place[1:])
    if len(unwritten) == 1:
        console.note(f"write it into the `Stack`: images=Images({next(iter(unwritten))})")
    elif unwritten:
        console.note("write them into the `Stack`: images=Images(\n" + "".join(f"    {each},\n" for each in unwritten) + ")")
    for path, edits in by_file.items():
        source = read(path)
        text = "" if source is None else source.text
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        if rewritten(path, text):
            console.note(f"written: {shown_path(path)}; `mac build` puts it into the artifacts")


def _place(image: Image, digest: str) -> tuple[str, int, int, str] | None:
    """The file, the characters of it, and what they become; None if the digest or the tag is no literal there."""
    from monitoring_as_code.origin import Place, locate, spell
    from monitoring_as_code.origin.source import read

    if image.digest is not None:
        return spell(Place(image.origin, ("digest",), None, image.digest), digest)
    tag = Place(image.origin, ("tag",), None, image.tag)
    found = locate(tag)
    # What cannot be spelt anew is no literal, and nothing can be put behind it either.
    source = read(found.path)
    if not found.exact or source is None or spell(tag, image.tag) is None:
        return None
    end = sum(len(line) + 1 for line in source.lines[: found.end_line - 1]) + found.end_column - 1
    return found.path, end, end, f', digest="{digest}"'
