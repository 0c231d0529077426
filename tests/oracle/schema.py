"""What a dashboard violates of Grafana's own types, of one major version.

A panel is held to the type of its own kind, an override to what the panel's `defaults` take under that name: Grafana's types leave both open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator

Json = dict[str, Any]


class Schema:
    """The JSON schemas that `schemas.mjs` made of one version's types."""

    def __init__(self, file: Path) -> None:
        found: Json = json.loads(file.read_text())
        self.definitions: Json = found["definitions"]
        stored = found["properties"]
        self.panels: Json = stored["panels"]["properties"]
        self.published: Json = stored["published"]["properties"]
        self.transformations: Json = {}
        for step in stored["transformation"]["anyOf"]:
            each = step["properties"]["id"]
            self.transformations |= dict.fromkeys(each.get("enum") or [each["const"]], step)
        self._roots: Json = {name: stored[name] for name in ("dashboard", "library", "resource")}
        self._validators: dict[str, Validator] = {}

    def violations(self, dashboard: Json) -> list[str]:
        """What is wrong with a dashboard in the classic form, each with its place."""
        found = list(self._errors("dashboard", self._roots["dashboard"], dashboard, ""))
        for index, panel in enumerate(dashboard.get("panels", ())):
            found += self._panel(panel, f"panels[{index}]")
        return found

    def resource_violations(self, resource: Json) -> list[str]:
        """What is wrong with a dashboard in the V1 form, which wraps the classic one, or in the V2 form."""
        spec = resource["spec"]
        if "elements" not in spec:
            return [f"spec.{each}" for each in self.violations({"uid": resource["metadata"]["name"], **spec})]
        found = list(self._errors("resource", self._roots["resource"], spec, "spec"))
        for name, element in spec["elements"].items():
            if element["kind"] == "Panel":
                found += self._drawn(element["spec"]["vizConfig"], f"spec.elements.{name}.spec.vizConfig")
        return found

    def _drawn(self, drawn: Json, place: str) -> Iterator[str]:
        """V2 leaves open what a type's options are, as the classic form does."""
        kind = drawn["group"]
        if kind not in self.panels:
            yield f"{place}.group: {kind!r} is no kind of panel that Grafana publishes types of"
            return
        for part in ("fieldConfig", "options"):
            schema = self.panels[kind]["properties"][part]
            yield from self._errors(f"{kind}.{part}", schema, drawn["spec"][part], f"{place}.spec.{part}")

    def _panel(self, panel: Json, place: str) -> Iterator[str]:
        if "libraryPanel" in panel:
            yield from self._errors("library", self._roots["library"], panel, place)
            return
        kind = panel.get("type")
        if not isinstance(kind, str) or kind not in self.panels:
            yield f"{place}.type: {kind!r} is no kind of panel that Grafana publishes types of"
            return
        yield from self._errors(kind, self.panels[kind], panel, place)
        if kind == "row":
            for index, inner in enumerate(panel.get("panels") or ()):
                yield from self._panel(inner, f"{place}.panels[{index}]")
            return
        for index, step in enumerate(panel.get("transformations") or ()):
            name = step.get("id")
            if name in self.transformations:
                yield from self._errors(f"step {name}", self.transformations[name], step, f"{place}.transformations[{index}]")
            else:
                yield f"{place}.transformations[{index}].id: {name!r} is no transformation"
        config = panel.get("fieldConfig")
        for number, override in enumerate(config.get("overrides") or () if isinstance(config, dict) else ()):
            for index, each in enumerate(override.get("properties") or () if isinstance(override, dict) else ()):
                yield from self._property(kind, each, f"{place}.fieldConfig.overrides[{number}].properties[{index}]")

    def override(self, kind: str, name: str) -> Json | None:
        """What an override may set by a name: `custom.stacking` is `defaults.custom.stacking`; a name may lead on into an object."""
        known: Json | None = _resolved(self.panels[kind]["properties"]["fieldConfig"], self.definitions)["properties"]["defaults"]
        for part in name.split("."):
            known = _resolved(known or {}, self.definitions).get("properties", {}).get(part)
            if known is None:
                return None
        return known

    def custom_properties(self, kind: str) -> set[str] | None:
        """What stands under `custom` for a type of panel; None where its types say nothing of a field."""
        config = self.panels[kind].get("properties", {}).get("fieldConfig")
        custom = None if config is None else self.override(kind, "custom")
        return None if custom is None else set(_resolved(custom, self.definitions).get("properties", ()))

    def _property(self, kind: str, given: Any, place: str) -> Iterator[str]:  # noqa: ANN401 - JSON of any shape
        name = given.get("id") if isinstance(given, dict) else None
        if not isinstance(name, str):
            return  # said already
        known = self.override(kind, name)
        if known is None:
            yield f"{place}.id: {name!r} is nothing that an override of a {kind} panel sets"
        else:
            yield from self._errors(f"{kind} {name}", known, given.get("value"), f"{place}.value")

    def _errors(self, name: str, schema: Json, value: Any, place: str) -> Iterator[str]:  # noqa: ANN401 - JSON of any shape
        validator = self._validators.get(name)
        if validator is None:
            validator = self._validators[name] = Draft7Validator({**schema, "definitions": self.definitions})
        for error in validator.iter_errors(value):
            # Of the alternatives, the one that comes nearest.
            nearest = best_match([error]) or error
            path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in nearest.absolute_path)
            said = nearest.message if len(nearest.message) < 300 else f"{nearest.message[:200]} ... {nearest.message[-80:]}"
            yield f"{place}{path}: {said}".removeprefix(".")


def _resolved(schema: Json, definitions: Json) -> Json:
    reference = schema.get("$ref")
    return schema if reference is None else definitions[reference.removeprefix("#/definitions/")]
