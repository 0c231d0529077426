"""Values that differ from one environment to the other, chosen while the definitions are loaded."""

from typing import TYPE_CHECKING, Any, TypeVar, overload

from monitoring_as_code.model.declaration import being_loaded
from monitoring_as_code.origin import Place, callers, here

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitoring_as_code.origin import Origin

D = TypeVar("D")
V = TypeVar("V")


class _Nothing:
    def __repr__(self) -> str:
        return "..."


_NOTHING: Any = _Nothing()
_KEY = "[key]"


class WrongChoice(ValueError):  # noqa: N818 - users read this name when they import definitions themselves
    """A call of `by_env` that chooses nothing, or chooses for an environment that is not there: what is wrong, where, and what to do."""

    def __init__(self, message: str, advice: str, name: str | None, origin: "Origin", callers: "tuple[Origin, ...]") -> None:
        super().__init__(message)
        self.advice = advice
        self.place = Place(origin, () if name is None else (name, _KEY))
        self.callers = callers


@overload
def by_env(**values: V) -> V: ...
@overload
def by_env(default: D, /, **values: V) -> D | V: ...
def by_env(default: object = _NOTHING, /, **values: object) -> object:
    """The value for the environment that the definitions are being loaded for; the default for those that are not named.

    `by_env("15s", local="5s")` is "5s" in the environment `local`, and "15s" in every other. It can stand wherever a value can: as an
    argument, in the algebra, for whole declarations, as in `alerts = by_env(local=(), production=(disk_full,))`. The environments are
    named in pyproject.toml, under `[tool.mac]`: `environments = ["local", "production"]`.

    Where no `mac` loads the definitions, as in an application that imports them for its instruments, it is the default, or else the
    first value.

    >>> by_env("15s", local="5s")
    '15s'
    """
    noted = being_loaded()
    first = default if default is not _NOTHING else next(iter(values.values()), _NOTHING)
    if noted is None or noted.environments is None:
        if first is _NOTHING:
            raise _nothing()
        return first
    known = noted.environments
    if noted.environment is None:
        if not noted.without_environments:  # once: a word in pyproject.toml mends all calls
            noted.without_environments = True
            noted.invalid.append(_without(values))
    else:
        noted.invalid += _faults(known, values, has_default=default is not _NOTHING)
    if first is _NOTHING:
        raise _nothing()
    chosen = values.get(noted.environment or "", first)
    noted.discarded += [each for each in (first, *values.values()) if each is not chosen]
    return chosen


def _faults(known: "tuple[str, ...]", values: "Mapping[str, object]", *, has_default: bool) -> "Iterable[WrongChoice]":
    unknown = [name for name in values if name not in known]
    if unknown:
        from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

        there_are = f"pyproject.toml has {listed(known, 'and')}"
        origin, calls = here(), callers()
        for name in unknown:
            yield WrongChoice(f"there is no environment `{name}`", did_you_mean(name, known) or there_are, name, origin, calls)
    elif not has_default and len(values) < len(known):
        from monitoring_as_code.diagnostics.nearest import listed

        missing = [name for name in known if name not in values]
        if not values:
            yield _nothing()
        else:
            message = f"`by_env` has no value for the environment{'s' if missing[1:] else ''} {listed(missing, 'and')}"
            yield WrongChoice(message, f"add `{missing[0]}=...`, or put first what holds where nothing is said", None, here(), callers())


def _nothing() -> WrongChoice:
    return WrongChoice(
        "`by_env` is given no value", 'write one for each environment, as in `by_env("15s", local="5s")`', None, here(), callers()
    )


def _without(values: "Iterable[str]") -> WrongChoice:
    names = ", ".join(f'"{name}"' for name in values) or '"local", "production"'
    advice = f"write `environments = [{names}]` under `[tool.mac]` in pyproject.toml"
    return WrongChoice("`by_env` chooses by environment, but this project has none", advice, None, here(), callers())
