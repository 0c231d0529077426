"""The few questions that are asked of a folder; no symbolic link is ever followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from enum import Enum


class Kind(Enum):
    """What stands at a path."""

    FILE = "a file"
    FOLDER = "a folder"
    LINK = "a symbolic link"
    OTHER = "no regular file"


def read_file(file: str) -> bytes | None:
    """The content of a regular file; None if there is none.

    Raises:
        OSError: something else is there, or it cannot be read.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        size = os.fstat(descriptor).st_size
        content = os.read(descriptor, size + 1)
        while len(content) != size and (more := os.read(descriptor, 1 << 20)):  # it changes, or is larger than one read
            content += more
        return content
    finally:
        os.close(descriptor)


def folders_of(paths: Iterable[str]) -> list[str]:
    """Every folder that the paths go through, outer ones first, without the one they start from."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return sorted(found)


def look(root: str, paths: Iterable[str]) -> dict[str, Kind]:
    """What stands in `root` and in those of its folders that the paths go through.

    Raises:
        OSError: a folder cannot be read.
    """
    found: dict[str, Kind] = {}
    if not os.path.isdir(root):
        return found
    for folder in ["", *folders_of(paths)]:
        if folder and found.get(folder) is not Kind.FOLDER:
            continue
        with os.scandir(f"{root}/{folder}") as entries:
            for each in entries:
                found[f"{folder}/{each.name}" if folder else each.name] = _kind(each)
    return found


def kind_of(path: str) -> Kind | None:
    """What stands at a path; None if nothing does."""
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISLNK(mode):
        return Kind.LINK
    return Kind.FILE if stat.S_ISREG(mode) else Kind.FOLDER if stat.S_ISDIR(mode) else Kind.OTHER


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_symlink():
        return Kind.LINK
    if entry.is_file(follow_symlinks=False):
        return Kind.FILE
    return Kind.FOLDER if entry.is_dir(follow_symlinks=False) else Kind.OTHER
