"""The keys of old of a panel: what is taken from them is said anew, and what is left is told."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


class Old:
    """An object of which values are taken out by their paths. One of another type than asked for stays, so that it is told."""

    def __init__(self, keys: Json) -> None:
        self._keys = keys
        self._opened: set[str] = set()

    def __contains__(self, path: str) -> bool:
        holder, name = self._holder(path)
        return name in holder

    def take(self, path: str) -> Any:  # noqa: ANN401 - JSON is any of its types
        """Whatever is there; None for nothing."""
        holder, name = self._holder(path)
        return holder.pop(name, None)

    def flag(self, path: str, default: bool = False) -> bool:
        """True or false."""
        return bool(self._typed(path, bool, default))

    def text(self, path: str, default: str = "") -> str:
        """A text."""
        return str(self._typed(path, str, default))

    def number(self, path: str) -> float | None:
        """A number, also one that was written as text; None for none, of which `auto` and an empty text are two."""
        holder, name = self._holder(path)
        found = number(holder.get(name))
        if found is not None or holder.get(name) in ("", "auto", "null"):
            del holder[name]
        return found

    def items(self, path: str) -> list[Any]:
        """A list."""
        found: list[Any] = self._typed(path, list, [])
        return found

    def each(self, path: str) -> list["Old"]:
        """The objects of a list, each with keys to be taken from; what is left of them stays."""
        holder, name = self._holder(path)
        value = holder.get(name)
        if not (isinstance(value, list) and all(isinstance(each, dict) for each in value)):
            return []
        found = [Old(dict(each)) for each in value]
        holder[name] = found
        return found

    def put(self, path: str, value: object) -> None:
        """Puts back what was taken and could not be said anew."""
        *steps, name = path.split(".")
        self._opened.add(path.split(".", maxsplit=1)[0])
        holder: Json = self._keys
        for step in steps:
            holder = holder.setdefault(step, {})
        holder[name] = value

    def forget(self, *paths: str) -> None:
        """Leaves out what says nothing here."""
        for path in paths:
            self.take(path)

    def forget_if(self, path: str, *values: object) -> None:
        """Leaves out a value that was the plain one, and so says nothing."""
        holder, name = self._holder(path)
        if name in holder and any(holder[name] == value and type(holder[name]) is type(value) for value in values):
            del holder[name]

    def left(self, path: str = "") -> Iterator[tuple[str, Any]]:
        """What nobody has taken, each with its path: an object as a whole, unless somebody looked for something in it."""
        for key, value in self._keys.items():
            where = f"{path}.{key}" if path else key
            if isinstance(value, dict) and key not in self._opened:
                yield where, value
            else:
                yield from _leaves(value, where)

    def _typed(self, path: str, wanted: type, default: Any) -> Any:  # noqa: ANN401
        holder, name = self._holder(path)
        return holder.pop(name) if isinstance(holder.get(name), wanted) else default

    def _holder(self, path: str) -> tuple[Json, str]:
        """The object that holds a path's last key, with that key."""
        holder: Json = self._keys
        *steps, name = path.split(".")
        self._opened.update(steps[:1])
        for step in steps:
            inner = holder.get(step)
            if not isinstance(inner, dict):
                return {}, name
            holder = inner
        return holder, name


def number(value: object) -> float | None:
    """A number, also one that was written as text; None for anything else, "null" and "auto" among it."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    if found != found or abs(found) == float("inf"):  # noqa: PLR0124 - "nan" is a text that Python takes for a number
        return None
    return int(found) if found == int(found) and abs(found) < 1e15 else found


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    if isinstance(value, Old):
        yield from value.left(path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(each, Old) for each in value):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}.{index}")
    else:
        yield path, value
