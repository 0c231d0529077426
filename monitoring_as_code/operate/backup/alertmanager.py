"""Alertmanager's silences, as its API gives and takes them.

What it knows of notifications that were sent is not kept: it is worth minutes, and at worst somebody is told once more.
"""

import json
from pathlib import Path
from typing import Any, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.backup import files
from monitoring_as_code.operate.backup.api import Api
from monitoring_as_code.operate.backup.files import Entry
from monitoring_as_code.operate.backup.manifest import AlertmanagerPart
from monitoring_as_code.operate.backup.refusal import Damaged

FILE = "alertmanager/silences.json"
_FIELDS = ("matchers", "startsAt", "endsAt", "createdBy", "comment")
# One, as Alertmanager's API writes it: JSON of others, of which only the fields above are read.
Silence: TypeAlias = dict[str, Any]


def back_up(api: Api, staging: Path) -> tuple[AlertmanagerPart, dict[str, Entry]]:
    """The silences that are in force or to come; those that have ended silence nothing any more."""
    version = str(api.json("/api/v2/status")["versionInfo"]["version"]).partition("+")[0]
    silences = _living(api)
    kept = [{field: each[field] for field in _FIELDS} for each in silences]
    file = staging / FILE
    files.folder(file.parent)
    files.written(json.dumps(sorted(kept, key=_identity), indent=2, ensure_ascii=False) + "\n", file)
    return AlertmanagerPart(version, len(kept)), {FILE: files.measured(file)}


def silences_in(folder: Path) -> list[Silence]:
    """What a backup holds. Raises Damaged."""
    file = folder / FILE
    try:
        found = json.loads(file.read_bytes())
        if all(set(each) == set(_FIELDS) for each in found):
            return list(found)
    except (OSError, ValueError, TypeError):
        pass
    raise Damaged(f"`{file}` does not hold silences", "take another backup")


class Restored(NamedTuple):
    """How many silences were made, were there already, and have ended since they were backed up."""

    made: int
    there: int
    ended: int


def restore(api: Api, silences: list[Silence]) -> Restored:
    """Make the silences that are not there. They get new ids, and one whose start has passed starts now."""
    import datetime as dt

    there = {_identity(each) for each in _living(api)}
    now = dt.datetime.now(dt.UTC)
    made = known = ended = 0
    for each in silences:
        if _moment(each["endsAt"]) <= now:
            ended += 1
        elif _identity(each) in there:
            known += 1
        else:
            api.json("/api/v2/silences", json.dumps(each).encode(), method="POST")
            made += 1
    return Restored(made, known, ended)


def _living(api: Api) -> list[Silence]:
    return [each for each in api.json("/api/v2/silences") if each["status"]["state"] != "expired"]


def _moment(text: str) -> Any:  # noqa: ANN401 - a datetime, whose module takes a millisecond to load
    import datetime as dt

    return dt.datetime.fromisoformat(text)


def _identity(silence: Silence) -> str:
    """What makes two silences the same, apart from the start, which Alertmanager moves to now."""
    matchers = sorted((each["name"], each["value"], each["isRegex"], each.get("isEqual", True)) for each in silence["matchers"])
    return json.dumps([_moment(silence["endsAt"]).timestamp(), silence["createdBy"], silence["comment"], matchers])
