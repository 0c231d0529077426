"""`mac pin`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import CANNOT_RUN, FINDINGS, FINE, console
from monitoring_as_code.cli.environments import environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings

if TYPE_CHECKING:
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
@environment_option()
@click.pass_obj
def command(settings: Settings, *, check: bool) -> int:
    """Ask for each image, and say or write what was found."""
    from monitoring_as_code.cli.session import errors, open_project, show
    from monitoring_as_code.operate.registry import RegistryError, digest_of

    session = open_project(settings)
    if errors(session.analysis.project.problems):
        show(session, settings, session.analysis.project.problems)
        return FINDINGS
    images = _used(session)
    if not images:
        console.note("there are no images: the definitions have no `Stack`")
        return FINE
    code = FINE
    changes: list[tuple[str, Image, str]] = []
    for name, image in images.items():
        shown = f"{image.repository}:{image.tag}"
        try:
            found = digest_of(image)
        except RegistryError as error:
            console.note(f"mac: {error}")
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
        changes.append((name, image, found.digest))
    if not check:
        _write(session, changes)
    return code


def _used(session: Session) -> dict[str, Image]:
    """The images that the stack's Compose file names, by what the table calls them."""
    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.model.images import Image
    from monitoring_as_code.targets.compose import render

    stack = session.analysis.stack
    if stack is None:
        return {}
    rendered = [each for each in render(session.analysis) if not isinstance(each, Diagnostic)]
    text = "".join(content for path, content in rendered if path == "compose.yaml")
    table = {name: image for name, image in vars(stack.images).items() if isinstance(image, Image)}
    return {name: image for name, image in table.items() if image.reference in text}


def _write(session: Session, changes: list[tuple[str, Image, str]]) -> None:
    """Write digests where an image stands in the definitions as text; say the others."""
    from monitoring_as_code.cli.fixing import rewritten
    from monitoring_as_code.cli.session import shown_path
    from monitoring_as_code.origin.source import read

    definitions = {module.path for module in session.analysis.project.modules}
    by_file: dict[str, list[tuple[int, int, str]]] = {}
    for name, image, digest in changes:
        place = _place(image, digest)
        if place is None or place[0] not in definitions:
            console.note(
                f"write it into the `Stack`: images=Images({name}=Image("
                f'repository="{image.repository}", tag="{image.tag}", digest="{digest}"))'
            )
            continue
        known = by_file.setdefault(place[0], [])
        if place[1:] not in known:  # several images may be one in the definitions
            known.append(place[1:])
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
