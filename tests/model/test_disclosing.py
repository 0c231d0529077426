"""A finding that refuses a secret shows it in no form, and neither does one that stands on the same line."""

import subprocess
import sys
from pathlib import Path

import pytest

FORMS = ("text", "json", "github", "sarif")
SECRET = "h4z-tulip" + "-92"
FILE = "/services/T03KQ7ZLM/" + "B05PX92RT/u7Qw2Zx9Lm4Vb8Nc1Kd6Pf3R"
LATER = "import os\nPASSWORD = os.environ.get('NOBODY_SETS_THIS', '" + SECRET + "')\n"


def said(folder: Path, code: str, form: str = "text") -> str:
    (folder / "definitions").mkdir(exist_ok=True)
    (folder / "definitions" / "shop.py").write_text(f"from monitoring_as_code import *\n\n{code}\n")
    command = [sys.executable, "-m", "monitoring_as_code", "lint", "--format", form]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (f"RemoteWrite(url='https://u:{SECRET}@g.example.com/w')", "a password would be readable in the artifact"),
        (f"RemoteWrite(url='https://g.example.com/w?token={SECRET}')", "`token` would be readable in the artifact"),
        (f"RemoteWrite(url='https://g.example.com/w', headers={{'X-Api-Key': '{SECRET}'}})", "the header `X-Api-Key` would be readable"),
        (f"RemoteWrite(url='u:{SECRET}@g.example.com/w')", "`url` is no web address"),
        (f"Postgres(password_file='{SECRET}')", "a secret would be readable in the artifact"),
        (f"Slack(channel='#shop', api_url_file='{FILE}')", "`api_url_file` looks like the secret itself"),
        (f"Webhook(url='https://u:{SECRET}@g.example.com/w')", "a password would be readable in the artifact"),
        (f"ScrapeJob(name='shop', targets=('u:{SECRET}@h:80',))", "`targets[0]` is no address"),
        (f"AccessPoint(service='x', url='http://x', credentials='admin / {SECRET}')", "`credentials` names the password itself"),
        (f"ScrapeJob(name='shop', targets=('h:80',), scheme='u:{SECRET}@h')", "`scheme` takes `http` or `https`, not a text"),
        (f"{LATER}RemoteWrite(url=f'https://u:{{PASSWORD}}@g.example.com/w')", "a password would be readable in the artifact"),
    ],
)
def test_what_is_refused_as_a_secret_is_shown_in_no_form(tmp_path: Path, code: str, message: str) -> None:
    for form in FORMS:
        told = said(tmp_path, f"made = {code}" if LATER not in code else code, form)
        assert message in told
        assert FILE not in told
        assert SECRET not in told


def test_only_the_header_that_is_a_secret_is_hidden(tmp_path: Path) -> None:
    told = said(tmp_path, f"made = RemoteWrite(url='https://g.example.com/w', headers={{'X-Team': 'shop', 'X-Api-Key': '{SECRET}'}})")
    assert f"headers={{'X-Team': 'shop', 'X-Api-Key': {'*' * (len(SECRET) + 2)}}})" in told


def test_a_secret_is_hidden_where_another_finding_shows_its_line(tmp_path: Path) -> None:
    token = "xox" + "b-123456789012-u7Qw2Zx9Lm4Vb8Nc1Kd6Pf3R"
    told = said(tmp_path, f'made = Counter(name="no name", help="{token}")')
    assert "`no name` is no metric name" in told
    assert token[10:] not in told
    assert "help=" in told


def test_a_key_without_its_end_is_hidden_to_where_its_text_ends_and_what_follows_by_itself(tmp_path: Path) -> None:
    key = "-----BEGIN RSA PRIVATE" + " KEY-----\\nMIIEowIBAAKCAQEAu7Qw2Zx9Lm4Vb8Nc1Kd6Pf3RtY5Hs0Jg7Ea"
    token = "xox" + "b-123456789012-u7Qw2Zx9Lm4Vb8Nc1Kd6Pf3R"
    told = said(tmp_path, f'KEY = "{key}"\nTOKEN = "{token}"\norders = Counter(name="orders_total", help="Orders.")')
    assert "a private key stands here" in told
    assert "a token of Slack stands here" in told
    assert f'KEY = "{"*" * len(key)}"' in told
    assert f'TOKEN = "{"*" * len(token)}"' in told
