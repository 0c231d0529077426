"""Secrets of a stack on this machine: from the environment and `.env` into files, and no channel without one.

A channel whose secret is missing is taken out of the configuration that runs: one that fails holds up the receiver's others.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.naming import secret_variables
from monitoring_as_code.operate.engine import StackError

ENV_FILE = ".env"


class Silent(NamedTuple):
    """A receiver that gets nothing over some of its channels, because their secrets are missing."""

    receiver: str
    channels: tuple[str, ...]
    why: tuple[str, ...]
    muted: bool
    """Whether it has no other channel left: nobody is told of its alerts."""

    def __str__(self) -> str:
        channels = " and ".join(self.channels)
        who = f"nobody is told what goes to `{self.receiver}`" if self.muted else f"`{self.receiver}` gets nothing by {channels}"
        return f"{who}: {', and '.join(self.why)}"


class Secrets:
    """The secrets that a configuration asks for by the paths of files; those found lie in `files`, to be written into `folder`."""

    def __init__(self, variables: Mapping[str, str], folder: Path, root: str = "") -> None:
        """`variables` are those of `environment`; `root` is the project's folder, from which the paths in them count."""
        self.variables = variables
        self.folder = folder
        self.root = root
        self.files: dict[str, str] = {}

    def prune(self, tree: dict[str, Any]) -> tuple[Silent, ...]:
        """Let an Alertmanager's configuration read its secrets from the folder, and take out the channels whose secret is missing."""
        overall: dict[str, Any] = tree.get("global", {})
        mail = self.resolve(overall)
        if "smtp_auth_username" in overall:
            overall["smtp_auth_username"] = self.variables.get("SMTP_USERNAME") or overall["smtp_auth_username"]
        found: list[Silent] = []
        for receiver in tree.get("receivers", ()):
            channels: list[str] = []
            reasons: list[str] = []
            for key in [key for key in receiver if key.endswith("_configs")]:
                kept = []
                for channel in receiver[key]:
                    why = self.resolve(channel) or (mail if key == "email_configs" else "")
                    if why:
                        channels.append(_called(key, channel))
                        reasons.append(why)
                    else:
                        kept.append(channel)
                if kept:
                    receiver[key] = kept
                else:
                    del receiver[key]
            if channels:
                muted = not any(key.endswith("_configs") for key in receiver)
                found.append(Silent(receiver["name"], tuple(channels), tuple(dict.fromkeys(reasons)), muted))
        if mail:
            for key in [key for key in overall if key.startswith("smtp_")]:
                del overall[key]
        return tuple(found)

    def resolve(self, tree: dict[str, Any]) -> str:
        """Lead every path of a secret in here to a file of ours; why that cannot be done, or nothing."""
        for settings, key in _paths(tree):
            path = settings[key]
            if os.access(path, os.R_OK):
                continue  # it is there, as in production
            name = os.path.basename(path)
            names = secret_variables(path)
            content = next((text for each in names if (text := self.value(each))), "")
            if not content:
                return f"{' or '.join(f'`{each}`' for each in names)} is not set"
            if key.endswith("url_file") and not content.startswith(("https://", "http://")):
                return f"`{names[0]}` is no web address"
            self.files[name] = content
            settings[key] = str(self.folder / name)
        return ""

    def content(self, path: str) -> str:
        """What is in a file that `resolve` has led to."""
        folder, _, name = path.rpartition("/")
        return self.files[name] if folder == str(self.folder) and name in self.files else Path(path).read_text("utf-8")

    def keep(self, name: str, content: str) -> str:
        """Write something down with the secrets, since it holds one; its path."""
        self.files[name] = content
        return str(self.folder / name)

    def value(self, variable: str) -> str:
        """Without blanks around it: a line break at the end of a password breaks Alertmanager 0.25."""
        file = self.variables.get(f"{variable}_FILE", "").strip()
        if not file:
            return self.variables.get(variable, "").strip()
        try:
            return Path(self.root, file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise StackError(f"`{file}`, which `{variable}_FILE` names, cannot be read: {why}") from None

    def for_containers(self, names: Iterable[str], kept: Collection[str]) -> dict[str, str]:
        """The variables for Docker Compose: each of these secrets that there is will lie in a file, which `X_FILE` names, and `X` says nothing.

        So Docker, which tells whoever may ask it of the variables of a container, knows none. The `kept` files are those that we read ourselves.

        Raises:
            StackError: a file that is named cannot be read.
        """
        found = dict(self.variables)
        self.files = {name: content for name, content in self.files.items() if name in kept}
        for name in names:
            content = self.value(name)
            # Compose reads a `.env` by itself; a variable that is empty is one that it does not look for.
            found |= {name: "", f"{name}_FILE": str(self.folder / name.lower()) if content else ""}
            if content:
                self.files[name.lower()] = content
        return found

    def written(self) -> dict[str, str]:
        """The secrets that the folder has by now, for `restore`."""
        return {path.name: content for path in self.folder.glob("*") if (content := _read(path)) is not None}

    def restore(self, files: dict[str, str]) -> None:
        """Write down those that the folder had before."""
        self.files = files
        self.write()

    def write(self, mode: int = 0o400) -> None:
        """Write the files, readable by their owner alone or as `mode` says, and remove those that are not needed any more."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in self.folder.iterdir():
            if path.name not in self.files:
                path.unlink()
        for name, content in self.files.items():
            staged = self.folder / f".{name}"
            staged.unlink(missing_ok=True)
            with open(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(content)
                os.fchmod(file.fileno(), mode)
            staged.replace(self.folder / name)

    def weak(self, others: tuple[str, ...], *own: str) -> tuple[str, ...]:
        """What is wrong with the passwords among them, and with those in `others`, further variables; no password is ever in a text.

        `own` are words that suggest themselves here.
        """
        from monitoring_as_code.passwords import weakness

        passwords = {name.upper(): content for name, content in self.files.items() if name.lower().endswith("password")}
        passwords |= {name: content for name in others if (content := self.value(name))}
        return tuple(f"`{name}` {why}" for name, content in sorted(passwords.items()) if (why := weakness(content, *own)) is not None)

    def outdated(self) -> tuple[str, ...]:
        """The names of those whose files say something else by now, or are not there."""
        return tuple(name for name, content in sorted(self.files.items()) if _read(self.folder / name) != content)

    def left(self) -> tuple[str, ...]:
        """The names of those whose files are there, and that nobody has set any more."""
        return tuple(sorted(path.name for path in self.folder.glob("*") if path.name not in self.files))


class Variables(NamedTuple):
    """What a generated `.env.example` asks for, by the names of the variables."""

    required: tuple[str, ...]
    passwords: tuple[str, ...]

    @classmethod
    def of(cls, example: Path) -> Variables:
        """Read the file: what a comment above a variable begins with says whether it is required."""
        try:
            paragraphs = example.read_text("utf-8").split("\n\n")
        except OSError:
            return cls((), ())
        lines = [(each, line.partition("=")[0]) for each in paragraphs for line in each.splitlines()[-1:]]
        # In production a secret is the path of a file.
        found = [(each.lstrip(), name.removesuffix("_FILE")) for each, name in lines if name.isidentifier()]
        required = tuple(name for each, name in found if each.startswith("# Required: "))
        return cls(required, tuple(name for _, name in found if name.endswith("_PASSWORD")))


def environment(root: str) -> dict[str, str]:
    """The variables of the project's `.env`, and above them those of this process, as Compose has it.

    Raises:
        StackError: a line of `.env` is no assignment.
    """
    path = os.path.join(root, ENV_FILE)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return dict(os.environ)
    except (OSError, ValueError) as error:
        raise StackError(f"`{path}` cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8'}") from None
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        content = line.strip().removeprefix("export ").strip()
        if not content or content.startswith("#"):
            continue
        name, equals, value = content.partition("=")
        name = name.strip()
        if not equals or not name.replace("_", "a").isalnum():
            # What stands there may be a secret.
            raise StackError(f"line {number} of `{path}` is no assignment: write `NAME=value`")
        found[name] = _unquoted(value.strip())
    # An empty variable is how a shell forgets one: it does not hide what the file says.
    return found | {name: value for name, value in os.environ.items() if value or name not in found}


def readable_by_others(root: str) -> bool:
    """Whether other users of this machine can read the project's `.env`."""
    try:
        return bool(os.stat(os.path.join(root, ENV_FILE)).st_mode & 0o077)
    except OSError:
        return False


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value.partition(" #")[0].rstrip()


def _paths(tree: object) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if isinstance(value, str) and key.endswith("_file"):
                yield tree, key
            else:
                yield from _paths(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _paths(value)


def _called(key: str, channel: Mapping[str, Any]) -> str:
    target = channel.get("channel") or channel.get("to") or ""
    return f"{key.removesuffix('_configs')} {target}".rstrip()
