"""Matchers mean to us what they mean to Alertmanager, or are refused with the characters that are wrong."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring_as_code import engines
from monitoring_as_code.matchers import Matcher, MatcherSyntaxError, MatchOp, disjoint, parse_matcher
from monitoring_as_code.yaml_text import to_yaml

VALID: list[tuple[str, tuple[str, MatchOp, str]]] = [
    ('severity="critical"', ("severity", "=", "critical")),
    ("severity=critical", ("severity", "=", "critical")),
    ('  severity  !=  "critical"  ', ("severity", "!=", "critical")),
    ('team=~"db|storage"', ("team", "=~", "db|storage")),
    ("team!~db.*", ("team", "!~", "db.*")),
    ('a=""', ("a", "=", "")),
    ('a=~""', ("a", "=~", "")),
    (r'a="say \"hi\", C:\\x\n"', ("a", "=", 'say "hi", C:\\x\n')),
    ('a="x, y = {z}"', ("a", "=", "x, y = {z}")),
    ('a="it\'s"', ("a", "=", "it's")),
    ('_a1="日本語"', ("_a1", "=", "日本語")),
    ("a=日本語", ("a", "=", "日本語")),
    (r'a=~"5\\d\\d"', ("a", "=~", r"5\d\d")),
]
INVALID: list[tuple[str, str, str]] = [
    ("", "", "starts with a label's name"),
    ("=x", "=x", "starts with a label's name"),
    ("1a=x", "1a=x", "starts with a label's name"),
    ('"my label"=x', '"my label"=x', "starts with a label's name"),
    ('{a="b"}', "{", "without braces"),
    ('a:b="c"', ":", "one of `=`"),
    ("severity", "", "one of `=`"),
    ('severity=="x"', "=", "must come here"),
    ("a=", "", "must come here"),
    ("a='x'", "'x'", "double quotes"),
    ("a=x{", "x{", "double quotes"),
    ("a=x y", "y", "nothing may follow"),
    ('a="b" and c="d"', 'and c="d"', "nothing may follow"),
    ('a="b", c="d"', ",", "several texts"),
    ("a=b,c=d", ",", "several texts"),
    ('a="b', '"b', "closing quote"),
    (r'a=~"5\d"', r"\d", "written twice"),
    ('a="x\ny"', "\n", "written as a backslash"),
    ('a=~"("', '"("', "RE2 refuses"),
    (r'a=~"(?=x)"', '"(?=x)"', "RE2 refuses"),
]
VALUES = [
    "",
    "a",
    "b",
    "ab",
    "A",
    "a\nb",
    "a,b",
    "5",
    "503",
    "x y",
    'q"',
    "\\",
    "é",
    "日本語",
    'say "hi", C:\\x\n',
    "critical",
    "db",
    "db1",
    "storage",
]
PATTERNS = [
    "",
    "a",
    "a|b",
    "a|",
    ".*",
    ".+",
    "a.*",
    "a.b",
    "(?s)a.b",
    "[ab]+",
    "(?i)a",
    "a$|b",
    "^a",
    r"\d+",
    r"5\d\d",
    "db|storage",
    "é|.",
    r"\\",
]


@pytest.mark.parametrize("text, parts", VALID, ids=[text for text, _ in VALID])
def test_a_matcher_is_read(text: str, parts: tuple[str, MatchOp, str]) -> None:
    assert parse_matcher(text) == parts


@pytest.mark.parametrize("text, wrong, said", INVALID, ids=[text for text, _, _ in INVALID])
def test_what_is_no_matcher_is_refused_where_it_is_wrong(text: str, wrong: str, said: str) -> None:
    with pytest.raises(MatcherSyntaxError) as raised:
        parse_matcher(text)
    start, end = raised.value.span
    assert text[start:end] == wrong
    assert said in str(raised.value)


@given(st.from_regex(r"\A[a-zA-Z_][a-zA-Z0-9_]*\Z"), st.sampled_from(["=", "!="]), st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_printed_is_read_as_the_same(name: str, op: MatchOp, value: str) -> None:
    matcher = Matcher(name, op, value)
    assert parse_matcher(str(matcher)) == matcher


@given(st.text())
def test_any_text_is_read_or_refused_inside_of_itself(text: str) -> None:
    try:
        matcher = parse_matcher(text)
    except MatcherSyntaxError as error:
        start, end = error.span
        assert 0 <= start <= end <= len(text) + 1
    else:
        assert parse_matcher(str(matcher)) == matcher


@pytest.mark.engines("amtool")
def test_amtool_reads_the_same_and_agrees_on_what_matches(tmp_path: Path) -> None:
    """One route a matcher, each going on to the next: the receivers are the matchers that a label fulfils."""
    ops: list[MatchOp] = ["=~", "!~"]
    texts = [text for text, _ in VALID]
    texts += [str(Matcher("a", op, pattern)) for pattern in PATTERNS for op in ops]
    texts += [str(Matcher("a", "!=", value)) for value in VALUES]
    config: dict[str, Any] = {
        "route": {
            "receiver": "none",
            "routes": [{"receiver": str(index), "matchers": [text], "continue": True} for index, text in enumerate(texts)],
        },
        "receivers": [{"name": "none"}, *({"name": str(index)} for index in range(len(texts)))],
    }
    (tmp_path / "alertmanager.yml").write_text(to_yaml(config))
    amtool = engines.require("amtool")
    matchers = [parse_matcher(text) for text in texts]
    for name in ("a", "severity", "team", "_a1"):
        for value in VALUES:
            label = str(Matcher(name, "=", value))
            answer = amtool.run("config", "routes", "test", "--config.file=alertmanager.yml", label, cwd=tmp_path)
            assert answer.code == 0, answer.output
            ours = [str(index) for index, matcher in enumerate(matchers) if matcher.accepts(value if matcher.name == name else "")]
            assert answer.output.splitlines()[-1].split(",") == (ours or ["none"]), label


@pytest.mark.parametrize(
    "one, other, expected",
    [
        (['severity="critical"'], ['severity="warning"'], True),
        (['severity="critical"'], ['severity=~"warning|info"'], True),
        (['severity=~"critical|warning"'], ['severity=~"warning|info"'], False),
        (['severity="critical"'], ['severity!="critical"'], True),
        (['severity=~"crit.*"'], ['severity!~"crit.*"'], True),
        (['severity=~"crit.*"'], ['severity="warning"'], True),
        (['severity=~"crit.*"'], ['severity=~"warn.*"'], False),  # true, but not found out
        (['alertname="NodeDown"'], ['severity="warning"'], False),
        (['team="db"', 'severity="critical"'], ['severity="warning"', 'team="db"'], True),
        (['a=""'], ['a=~".+"'], True),
    ],
)
def test_two_sides_are_called_disjoint_only_if_they_are(one: list[str], other: list[str], expected: bool) -> None:
    assert disjoint(tuple(map(parse_matcher, one)), tuple(map(parse_matcher, other))) is expected
    assert disjoint(tuple(map(parse_matcher, other)), tuple(map(parse_matcher, one))) is expected


def test_a_negated_matcher_accepts_all_other_values() -> None:
    for matcher in [parse_matcher(text) for text, _ in VALID]:
        assert all(matcher.accepts(value) != matcher.negated.accepts(value) for value in VALUES)
        assert matcher.negated.negated == matcher
