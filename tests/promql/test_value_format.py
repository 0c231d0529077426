"""How templates format the alert's value."""

import pytest

from monitoring_as_code.promql.value_format import value_uses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ $value | humanize }}% of", [("humanize", "%")]),
        ("{{humanizeDuration $value}}", [("humanizeDuration", "")]),
        ("{{- .Value | humanize | title -}}", [("humanize", "")]),
        ("{{ $value }}s and {{ $.Value }}", [("", "s"), ("", "")]),
        ('{{ $value | printf "%.2f" }}', []),
        ('{{ printf "%.2f" $value }}%', []),
        ("{{ $values }}", []),
        ("{{ if gt $value 5.0 }}many{{ end }}", []),
        ('{{ range query "up" }}{{ .Value | humanize }}{{ end }}', []),
        ("{{/* $value | humanize */}}", []),
    ],
)
def test_only_what_formats_the_value_itself_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    found = value_uses(text)
    assert [(use.formatter, use.then) for use in found] == expected
    assert all(text[slice(*use.span)] == use.formatter for use in found if use.formatter)
