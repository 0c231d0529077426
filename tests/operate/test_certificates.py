"""Certificates, keys and authorities that belong together, and those that do not, as openssl makes them."""

import subprocess
import time
from pathlib import Path

import pytest

from monitoring_as_code.operate.certificates import Unfit, check

KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1"


def made(folder: Path, name: str, more: str = "-nodes") -> tuple[str, str]:
    """A certificate that has signed itself, and its key."""
    command = f"openssl req -x509 {KEY} {more} -keyout {name}.key -out {name}.pem -days 2 -subj /CN=monitoring.example"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return (folder / f"{name}.pem").read_text(), (folder / f"{name}.key").read_text()


def test_what_belongs_together_passes_and_its_end_is_known(tmp_path: Path) -> None:
    certificate, key = made(tmp_path, "own")
    life = check(certificate, key, f"# Größere Worte darüber\n{certificate}")
    assert life.ends - life.begins == 2 * 86400
    assert not life.ends_soon(life.ends - 6 * 3600)
    assert life.ends_soon(life.ends - 4 * 3600)


@pytest.mark.parametrize("key", ["ed25519", "rsa:1024", "rsa:2048"])
def test_keys_of_all_kinds_pass(tmp_path: Path, key: str) -> None:
    command = f"openssl req -x509 -newkey {key} -nodes -keyout key -out pem -days 2 -subj /CN=monitoring.example"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    certificate = (tmp_path / "pem").read_text()
    if key == "rsa:1024":  # our own TLS asks for more than the servers' does
        with pytest.raises(Unfit, match="the certificate is not trusted: EE certificate key too weak"):
            check(certificate, (tmp_path / "key").read_text(), certificate)
    else:
        assert check(certificate, (tmp_path / "key").read_text(), certificate).ends > time.time()


def test_an_expired_certificate_is_named_so(tmp_path: Path) -> None:
    _, key = made(tmp_path, "old")
    command = "openssl x509 -in old.pem -signkey old.key -days -1 -out expired.pem"
    subprocess.run(command.split(), capture_output=True, cwd=tmp_path, check=True)
    certificate = (tmp_path / "expired.pem").read_text()
    with pytest.raises(Unfit, match=r"^the certificate is not trusted: certificate has expired$"):
        check(certificate, key, certificate)


@pytest.mark.parametrize("other", [KEY, "-newkey rsa:2048"])
def test_the_key_of_another_certificate_does_not_fit(tmp_path: Path, other: str) -> None:
    certificate, _ = made(tmp_path, "own")
    command = f"openssl req -x509 {other} -nodes -keyout key -out pem -subj /CN=x"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    with pytest.raises(Unfit, match=r"^the key does not fit the certificate$"):
        check(certificate, (tmp_path / "key").read_text(), certificate)


def test_who_has_not_signed_it_does_not_vouch_for_it(tmp_path: Path) -> None:
    certificate, key = made(tmp_path, "own")
    stranger, _ = made(tmp_path, "stranger")
    for authority in (stranger, None):
        with pytest.raises(Unfit, match=r"^the certificate is not trusted: self[- ]signed certificate$"):
            check(certificate, key, authority)


def test_what_is_no_pem_and_a_key_with_a_passphrase_are_refused_in_words_and_nobody_is_asked(tmp_path: Path) -> None:
    certificate, key = made(tmp_path, "own")
    with pytest.raises(Unfit, match="no PEM that can be read"):
        check(certificate, "hunter2", certificate)
    with pytest.raises(Unfit, match="no PEM that can be read"):
        check("", key, certificate)
    with pytest.raises(Unfit, match="who signed it is no certificate"):
        check(certificate, key, "")
    locked, its_key = made(tmp_path, "locked", more="-passout pass:hunter2")
    with pytest.raises(Unfit, match=r"^the key has a passphrase"):
        check(locked, its_key, locked)
