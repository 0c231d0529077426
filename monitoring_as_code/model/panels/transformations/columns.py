"""Fields of an answer: fewer of them, called otherwise, of another type, made of other fields' texts."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.declaration import Needs
from monitoring_as_code.model.fields import JavaScriptRegex, Text
from monitoring_as_code.model.panels.transformations import KnownStep, options


class Organize(KnownStep):
    """Fields in an order, under other names, without those to `hide`; with `only` without all others."""

    transformation: ClassVar[str] = "organize"

    rename: dict[Text, Text] = {}
    hide: tuple[Text, ...] = ()
    only: tuple[Text, ...] = ()
    order: tuple[Text, ...] = ()

    def grafana_options(self) -> dict[str, Any]:
        """Names, order, and what is left out."""
        return options(
            excludeByName=dict.fromkeys(sorted(self.hide), True),
            includeByName=dict.fromkeys(sorted(self.only), True) or None,
            indexByName={name: self.order.index(name) for name in sorted(self.order)},
            renameByName=dict(sorted(self.rename.items())),
        )


class FilterFieldsByName(KnownStep):
    """The fields of these names, or whose name matches `pattern`, or with `exclude` all others."""

    transformation: ClassVar[str] = "filterFieldsByName"

    names: tuple[Text, ...] = ()
    pattern: JavaScriptRegex | None = None
    exclude: bool = False

    def grafana_options(self) -> dict[str, Any]:
        """The names."""
        return {"exclude" if self.exclude else "include": options(names=self.names or None, pattern=self.pattern)}

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if not fields.get("names") and fields.get("pattern") is None:
            message = "a filter of fields needs `names` or a `pattern`"
            raise ValueError(message)


class RenameByRegex(KnownStep):
    """Fields called as `name` says, in which `$1` is what the expression's first group found."""

    transformation: ClassVar[str] = "renameByRegex"

    regex: JavaScriptRegex
    name: Text

    def grafana_options(self) -> dict[str, Any]:
        """The expression, and the name."""
        return options(regex=self.regex, renamePattern=self.name)


class ConvertFieldType(KnownStep):
    """A field as another type; `date_format` says how times are read (`YYYY-MM-DD`), `separator` how lists become text."""

    transformation: ClassVar[str] = "convertFieldType"

    field: Text
    to: Literal["number", "string", "time", "boolean", "enum", "other"]
    date_format: Text | None = None
    separator: Text | None = None
    timezone: Text | None = None

    def grafana_options(self) -> dict[str, Any]:
        """The type, and how it is read."""
        conversion = options(
            dateFormat=self.date_format, destinationType=self.to, joinWith=self.separator, targetField=self.field, timezone=self.timezone
        )
        return {"conversions": [conversion]}


class FormatTime(KnownStep):
    """A time as text, in a format of Moment.js (`YYYY-MM-DD HH:mm`), in a time zone or in that of the dashboard."""

    transformation: ClassVar[str] = "formatTime"

    field: Text
    format: Text
    timezone: Text | None = None

    def grafana_options(self) -> dict[str, Any]:
        """The format."""
        return options(outputFormat=self.format, timeField=self.field, timezone=self.timezone)


class FormatString(KnownStep):
    """A text with other capitals, trimmed, or from the character `start` to before `end`."""

    transformation: ClassVar[str] = "formatString"
    _needs: ClassVar[Needs] = dict.fromkeys(("start", "end"), (("format",), ("Substring",)))

    field: Text
    format: Literal[
        "Upper Case",
        "Lower Case",
        "Sentence Case",
        "Title Case",
        "Pascal Case",
        "Camel Case",
        "Snake Case",
        "Kebab Case",
        "Trim",
        "Substring",
    ]
    start: int = Field(default=0, ge=0)
    end: int = Field(default=100, ge=0)

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if fields.get("start", cls.start) >= fields.get("end", cls.end):
            message = "`start` must be before `end`, or nothing would be left"
            raise ValueError(message)

    def grafana_options(self) -> dict[str, Any]:
        """The form."""
        return options(outputFormat=self.format, stringField=self.field, substringEnd=self.end, substringStart=self.start)


class ExtractFields(KnownStep):
    """Fields out of a text that holds several: JSON, `key=value` pairs, what named groups of a `pattern` find, or separated values.

    `paths` picks out of JSON, a name for each path. With `replace` only they remain, with `keep_time` and the time.
    """

    transformation: ClassVar[str] = "extractFields"
    _needs: ClassVar[Needs] = {
        "pattern": (("format",), ("regexp",)),
        "paths": (("format",), ("json",)),
        "delimiter": (("format",), ("delimiter",)),
        "keep_time": (("replace",), ()),
    }

    source: Text
    format: Literal["auto", "json", "kvp", "regexp", "delimiter"] = "auto"
    paths: dict[Text, Text] = {}
    pattern: JavaScriptRegex | None = None
    delimiter: Text | None = None
    replace: bool = False
    keep_time: bool = False

    def grafana_options(self) -> dict[str, Any]:
        """What is read, and how."""
        return options(
            delimiter=self.delimiter,
            format=self.format,
            jsonPaths=[{"alias": name, "path": path} for path, name in self.paths.items()] or None,
            keepTime=self.keep_time,
            regExp=self.pattern,
            replace=self.replace,
            source=self.source,
        )


class RowsToFields(KnownStep):
    """Each line as a field of its own, called as one field says, with the value of another.

    `settings` are Grafana's words for what the others give: `{"Limit": "max"}` makes the field `Limit` the upper bound of each.
    """

    transformation: ClassVar[str] = "rowsToFields"

    names: Text
    values: Text
    settings: dict[Text, Text] = {}

    def grafana_options(self) -> dict[str, Any]:
        """What each field becomes."""
        handlers = {self.names: "field.name", self.values: "field.value", **self.settings}
        return {"mappings": [{"fieldName": name, "handlerKey": handlers[name]} for name in handlers]}
