"""Which texts are taken for secrets. Each is put together here, so that nobody who searches this repository for secrets finds one."""

import random
import string
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import re2

from monitoring_as_code.lint import secret_shapes
from monitoring_as_code.lint.secret_shapes import SHAPES, may_hold_any, secrets_in

CHANCE = random.Random(11)


def some(count: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    """Random characters, with a digit and a letter among them."""
    return "".join(CHANCE.choice(alphabet) for _ in range(count - 2)) + "7f"


HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + "234567"
PART = "eyJ" + some(30)
REAL = {
    "the address of a Slack webhook": "https://hooks.slack.com/" + f"services/T0{some(8, UPPER)}/B0{some(8, UPPER)}/{some(24)}",
    "a token of Slack": "xox" + f"b-{some(12, '1234567890')}-{some(24)}",
    "the address of a Discord webhook": "https://discord.com/api/" + f"webhooks/{some(16, '123456789').replace('f', '1')}/{some(68)}",
    "the address of a Teams webhook": "https://shop.webhook.office.com/" + f"webhookb2/{some(36, HEX)}@{some(36, HEX)}/IncomingWebhook/{some(32, HEX)}",
    "a token of a Telegram bot": "1234512345" + f":AA{some(33)}",
    "a key of PagerDuty": "routing_" + f'key="{some(32, HEX)}"',
    "a key of AWS": "AK" + f"IA{some(14, UPPER).upper()}Q7",
    "a token of GitHub": "gh" + f"p_{some(36)}",
    "a token of GitLab": "glp" + f"at-{some(20)}",
    "a token of Grafana": "gl" + f"sa_{some(32)}_{some(8, HEX)}",
    "a key of Grafana": "eyJr" + f"Ijoi{some(60)}",
    "a token (JWT)": f"{PART}.{PART}.{some(40)}",
    "a key of Google": "AI" + f"za{some(35)}",
    "a key of SendGrid": "S" + f"G.{some(22)}.{some(43)}",
    "a key of Stripe": "sk_li" + f"ve_{some(24)}",
    "a private key": "-----BEGIN RSA PRIVATE" + " KEY-----\n" + "\n".join(some(64) for _ in range(5)) + "\n-----END RSA PRIVATE" + " KEY-----",
    "the hash of a password": "$2" + f"y$10${some(53)}",
    "a bearer token": '"Bear' + f'er {some(24)}"',
    "a login": '"Bas' + 'ic cmVhZGVyOmg0ei10dWxpcC05Mg=="',
    "a token in an address": f"https://samples.shop.test/w?tenant=a&access_token={some(32, HEX)}",
    "a password in an address": "https://reader:h4z-tulip" + "-92@grafana.shop.test/",
}  # fmt: skip


@pytest.fixture(params=["one by one", "by RE2"])
def searched(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As they are when RE2 is not loaded, and when it is."""
    if request.param == "one by one":
        monkeypatch.delitem(sys.modules, "re2", raising=False)
    else:
        monkeypatch.setitem(sys.modules, "re2", re2)
    secret_shapes._marked.cache_clear()
    may_hold_any.cache_clear()
    yield
    secret_shapes._marked.cache_clear()
    may_hold_any.cache_clear()


@pytest.mark.usefixtures("searched")
def test_a_file_without_a_mark_is_passed_over_and_one_with_any_is_not() -> None:
    assert not may_hold_any(b"url = 'https://a.example/b'  # \xff\xfe no text")
    for mark in (mark for shape in SHAPES for mark in shape.marks if mark != "://"):
        assert may_hold_any(b"\xff\n " + mark.encode() + b" \xfe")


@pytest.mark.usefixtures("searched")
@pytest.mark.parametrize("what", REAL)
def test_a_secret_is_found_with_all_of_its_characters(what: str) -> None:
    text = f"a = b  # mac\nurl = '{REAL[what]}'  # as ever"
    assert may_hold_any(text.encode())
    (found,) = secrets_in(text)
    assert found.what == what
    shown = text[: found.start] + text[found.end :]
    assert not any(part in shown for part in REAL[what].replace("/", " ").replace(":", " ").split() if len(part) > 24)


def test_every_shape_is_tried() -> None:
    assert {shape.what for shape in SHAPES} == set(REAL)


@pytest.mark.parametrize(
    "text",
    [
        "https://hooks.slack.com/services/T000000000/B000000000/XXXXXXXXXXXXXXXXXXXXXXXX",
        "https://hooks.slack.com/services/...",
        "https://hooks.slack.com/services/T0/B0/topsecret",
        "https://hooks.slack.com/services/YOUR/SLACK/WEBHOOK",
        "AKIAIOSFODNN7EXAMPLE",
        "https://shop.test/w?token=${SAMPLES_TOKEN_OF_2026}",
        "https://shop.test/w?token=YOUR_TOKEN_HERE_123456",
        "https://shop.test/w?var-token=orders",
        "sorted(found, key=lambda each: each.name2)",
        "https://shop.test/w?page_token=",
        "ghp_" + "x" * 36,
        "glsa_<token>",
        "xoxb-your-token-goes-here-please",
        "postgres://user:password@db:5432/shop",
        "postgres://postgres:postgres@localhost/postgres",
        "https://user:${PASSWORD}@host/",
        "https://user:{password}@host/",
        "https://$user:$pass@host/",
        "https://grafana:3000/d/shop?to=duty@shop.example",
        "http://prometheus:9090@", "ftp://a:b@c",
        "mailto:duty@shop.example http://a.example:80/b@c",
        "see https://shop.example: write to duty@shop.example",
        "https://foo.com:123,foo:bar@bar.com/",
        "http://localhost:9090/graph?x=1@2",
        "an `Authorization: Bearer ` header, 'Bearer authentication-is-required'",
        "'Basic authentication'", "'Basic YWRtaW46YWRtaW4='",
        "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "$2y$10$ is how the hash of bcrypt begins",
        'routing_key="00000000000000000000000000000000"', "routing_key_file = '/run/secrets/pagerduty_routing_key'",
        "routing_key: '{{ .Values.aVeryLongNameOfTwoAndThirty }}'",
        "sha256:efd719c99d83b060d9daefdcf00360461adf279f45ef5391f8d111892118753e",
        "eyJ is how each JWT begins, .eyJ its second part",
        'rate(http_requests_total{route=~"/api/.*"}[5m])',
    ],
)  # fmt: skip
def test_an_example_a_placeholder_and_what_only_looks_alike_are_none(text: str) -> None:
    assert list(secrets_in(text)) == []


def test_the_secret_is_in_no_form_of_a_report_and_an_allowed_one_is_silent(tmp_path: Path) -> None:
    import subprocess
    import sys

    (tmp_path / "definitions").mkdir()
    secret = REAL["a token of GitHub"]
    file = tmp_path / "definitions" / "shop.py"
    code = f'from monitoring_as_code import Counter\norders = Counter(name="orders_total", help="{secret}")\n# {secret}\n'
    file.write_text(code)
    for form in ("text", "json", "github", "sarif"):
        done = subprocess.run(
            [sys.executable, "-m", "monitoring_as_code", "lint", "--format", form],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "a token of GitHub stands here for everybody to read" in done.stdout
        assert secret not in done.stdout + done.stderr
        assert secret[8:20] not in done.stdout
    allowed = "# mac: allow[secret-in-definitions] it was revoked\n"
    file.write_text(f'{allowed}OLD = "{secret}"\n')
    done = subprocess.run([sys.executable, "-m", "monitoring_as_code", "lint"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "secret-in-definitions" not in done.stdout
