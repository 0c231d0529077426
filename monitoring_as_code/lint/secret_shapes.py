"""What secrets look like that can be told from everything else: each shape has a mark that no other text has, so a file is searched quickly."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.origin import Location


class Shape(NamedTuple):
    """One kind of secret. `marks` are texts, one of which is in every one; `form` has a group `secret`."""

    what: str
    marks: tuple[str, ...]
    form: str


_NO_MORE = r"(?![A-Za-z0-9_])"
SHAPES = (
    Shape("the address of a Slack webhook", ("hooks.slack.com/",), r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>T\w{6,}/\w+/\w{12,})"),
    Shape("a token of Slack", ("xox", "xapp-"), rf"\b(?P<secret>(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{{20,}}){_NO_MORE}"),
    Shape("the address of a Discord webhook", ("/api/webhooks/",), r"discord(?:app)?\.com/api/webhooks/(?P<secret>[0-9]{15,}/[\w-]{40,})"),
    Shape("the address of a Teams webhook", ("/webhookb2/",), r"\.office\.com/webhookb2/(?P<secret>[0-9a-f-]{36}@[0-9a-f-]{36}/\w+/[0-9a-f]{32})"),
    Shape("a token of a Telegram bot", (":AA",), rf"(?<![0-9])(?P<secret>[0-9]{{8,10}}:AA[\w-]{{33}}){_NO_MORE}"),
    Shape("a key of PagerDuty", ("pagerduty.com/integration/",), r"pagerduty\.com/integration/(?P<secret>[0-9a-f]{32})"),
    Shape("a key of PagerDuty", ("routing_key", "service_key"), r"(?:routing|service)_key[\"']?\s*[=:]\s*[\"']?(?P<secret>[0-9a-zA-Z]{32})(?![\w/.-])"),
    Shape("a key of AWS", ("AKIA", "ASIA"), r"(?<![A-Za-z0-9])(?P<secret>A[KS]IA[A-Z0-9]{16})(?![A-Za-z0-9])"),
    Shape("a token of GitHub", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), rf"\b(?P<secret>gh[oprsu]_[A-Za-z0-9]{{36,}}){_NO_MORE}"),
    Shape("a token of GitHub", ("github_pat_",), r"\b(?P<secret>github_pat_\w{60,})"),
    Shape("a token of GitLab", ("glpat-",), rf"\b(?P<secret>glpat-[\w-]{{20,}}){_NO_MORE}"),
    Shape("a token of Grafana", ("glsa_",), rf"\b(?P<secret>glsa_[A-Za-z0-9]{{32}}_[0-9a-f]{{8}}){_NO_MORE}"),
    Shape("a token of Grafana", ("glc_eyJ",), r"\b(?P<secret>glc_eyJ[A-Za-z0-9+/=]{40,})"),
    Shape("a key of Grafana", ("eyJrIjoi",), r"\b(?P<secret>eyJrIjoi[A-Za-z0-9+/]{50,}=*)"),
    Shape("a token (JWT)", (".eyJ",), r"\b(?P<secret>eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,})"),
    Shape("a key of Google", ("AIza",), rf"\b(?P<secret>AIza[\w-]{{35}}){_NO_MORE}"),
    Shape("a key of SendGrid", ("SG.",), rf"\b(?P<secret>SG\.[\w-]{{22}}\.[\w-]{{43}}){_NO_MORE}"),
    Shape("a key of Stripe", ("_live_",), rf"\b(?P<secret>[rs]k_live_[A-Za-z0-9]{{20,}}){_NO_MORE}"),
    Shape("a private key", ("PRIVATE KEY",), r"(?P<secret>-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[\s\"']|\\[nr])*[A-Za-z0-9+/=]{40}(?:[A-Za-z0-9+/=\s]|\\[nr]|[\"'][\s+\\]*[rbu]?[\"'])*(?:-----END [A-Z0-9 ]+-----)?)"),
    Shape("the hash of a password", ("$2a$", "$2b$", "$2y$"), r"(?P<secret>\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53})(?![./A-Za-z0-9])"),
    Shape("a bearer token", ("Bearer ", "bearer "), r"[\"'][Bb]earer (?P<secret>[A-Za-z0-9._~+/-]{16,}=*)[\"']"),
    Shape("a login", ("Basic ", "basic "), r"[\"'][Bb]asic (?P<secret>[A-Za-z0-9+/]{12,}={0,2})[\"']"),
    Shape("a token in an address", ("token=", "api_key=", "apikey=", "api-key=", "secret="), r"[?&](?:[\w-]*[_-])?(?:token|api[_-]?key|secret)=(?P<secret>[A-Za-z0-9._~%+-]{16,}=*)(?![\w{$])"),
    Shape("a password in an address", ("://",), r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://(?P<user>[^\s/:@\"'`<>{}$?#]*):(?P<secret>[^\s/:,@\"'`<>{}$]+)@(?=[\w\[])"),
)  # fmt: skip

# What examples and things to be filled in are made of.
_PLACEHOLDERS = ("example", "placeholder", "changeme", "change-me", "change_me", "dummy", "sample", "redacted", "insert", "replace", "xxx", "...", "***", "your", "fake", "todo", "secret", "password", "not-a-", "invalid")  # fmt: skip


class Spotted(NamedTuple):
    """A secret in a text, by its characters."""

    what: str
    start: int
    end: int


@lru_cache(maxsize=64)  # every environment has the same files
def may_hold_any(content: bytes) -> bool:
    """Whether a file is worth decoding: most are not."""
    return bool(_marked()(content)) or _has_login(content)


def _has_login(content: bytes) -> bool:
    """Whether an address has an `@` where a password would end, without the regular expression that takes a millisecond to compile."""
    if b"@" not in content:
        return False
    # What comes behind it up to a slash or a blank: quotes may stand in there, and then it is none.
    heads = (rest[:300].partition(b"/")[0].partition(b" ")[0].partition(b"\n")[0] for rest in content.split(b"://")[1:])
    return any(b"@" in head for head in heads)


@cache
def _marked() -> Callable[[bytes], object]:
    """What finds a mark: RE2 in one pass, where a pattern of the project has loaded it; to look for them one by one takes five times as long."""
    marks = [mark for shape in SHAPES for mark in shape.marks if mark != "://"]
    if "re2" in sys.modules:
        import re2

        find: Callable[[bytes], object] = re2.compile("|".join(map(re2.escape, marks)).encode()).search
        return find
    encoded = [mark.encode() for mark in marks]
    return lambda content: any(mark in content for mark in encoded)


def secrets_at(path: str) -> Iterator[tuple[Spotted, Location]]:
    """The secrets in a file, and where they are; none in one that cannot be read."""
    from monitoring_as_code.origin.source import read

    try:
        with open(path, "rb") as file:
            content = file.read()
    except (OSError, ValueError):
        return
    if not may_hold_any(content) or (source := read(path)) is None:
        return
    for each in secrets_in(source.text):
        yield each, Location(path, *source.line_and_column(each.start), *source.line_and_column(each.end))


def secrets_in(text: str) -> Iterator[Spotted]:
    """The secrets in a text, each once, in order. What is plainly an example or a word to be replaced is none."""
    found: list[Spotted] = []
    for shape in SHAPES:
        if not any(mark in text for mark in shape.marks) or (shape.marks == ("://",) and not _has_login(text.encode(errors="replace"))):
            continue
        import re

        for match in re.finditer(shape.form, text):
            secret = match["secret"]
            if _is_secret(shape.what, secret, match.groupdict().get("user") or ""):
                found.append(Spotted(shape.what, match.start("secret"), match.end("secret")))
    last = 0
    for each in sorted(found, key=lambda each: (each.start, -each.end)):
        if each.end > last:  # of one that begins in another, the rest: nothing of it may be shown
            yield each._replace(start=max(each.start, last))
            last = each.end


def _is_secret(what: str, secret: str, user: str) -> bool:
    from monitoring_as_code.passwords import weakness

    lower = secret.lower()
    if any(word in lower for word in _PLACEHOLDERS) or _repeats(secret):
        return False
    if what == "a private key":
        return True
    if what == "a login":
        return _is_login(secret)
    if what == "a password in an address":
        # One that everybody knows is the one of an example, or of a container that starts with it.
        return len(secret) >= 6 and "%s" not in secret and not secret.isdigit() and weakness(secret, user) != "is one that is tried first"
    if what == "the address of a Slack webhook":
        secret = secret.rpartition("/")[2]
    # A token has letters and digits in no order; a row of them, or a single word, is an example.
    random = any(each.isdigit() for each in secret) and any(each.isalpha() for each in secret)
    return random and weakness(secret) is None


def _repeats(secret: str) -> bool:
    """Whether it is made of a few characters again and again: `T00000000/B00000000`, `abababab`."""
    letters = [each for each in secret if each.isalnum()]
    return len(letters) >= 12 and len(set(letters)) <= 5


def _is_login(text: str) -> bool:
    """Whether it is a user, a colon and a password in base 64."""
    import base64

    from monitoring_as_code.passwords import weakness

    try:
        user, colon, password = base64.b64decode(text, validate=True).decode("utf-8").partition(":")
    except ValueError:
        return False
    return bool(colon) and user.isprintable() and password.isprintable() and weakness(password) != "is one that is tried first"
