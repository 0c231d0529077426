"""Texts that YAML, PromQL, templates and people trip over come through unchanged."""

from monitoring_as_code import Alert, RuleGroup

hostile = Alert(
    name="Störung: <script> | 'x' \"y\" `z` # no",
    expr='up{job="a\\"b\\\\c\\n{}", instance=~"日本|\\\\d+"} == 0',
    severity="none",
    labels={
        "quote": '"',
        "backslash": "\\",
        "newline": "a\nb",
        "colon": "a: b # c",
        "yes": "yes",
        "number": "0x1F",
        "space": " x ",
        "arrow": "=",
        "null": "~",
    },
    summary="- not a list: {really}\t\x7f\u2028\ufeff",
    description="first\n\n  third: indented\n# no comment\n",
    annotations={"empty_lines": "\n\na\n\n", "script": "日本語 \U0001f600", "date": "2026-01-01", "exponent": "1e3"},
)

group = RuleGroup(name="off", rules=(hostile,))
