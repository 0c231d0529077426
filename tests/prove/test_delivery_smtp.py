"""The mail server of the proofs, as Python's own client of SMTP sees it."""

import smtplib
import threading
from collections.abc import Iterator

import pytest

from monitoring_as_code.prove.delivery.smtp import Letter, MailServer

LOGIN = ("alerts", "a secret")
TEXT = "Subject: x\r\n\r\n.a line with a dot\r\n..\r\nend\r\n"


class Box:
    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.refused: list[str] = []
        self.came = threading.Event()
        self.server = MailServer(self.take, self.refused.append, LOGIN)

    def take(self, letter: Letter) -> None:
        self.letters.append(letter)
        self.came.set()


@pytest.fixture
def box() -> Iterator[Box]:
    found = Box()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


@pytest.fixture
def client(box: Box) -> Iterator[smtplib.SMTP]:
    host, _, port = box.server.address.partition(":")
    with smtplib.SMTP(host, int(port), timeout=5) as found:
        yield found


@pytest.mark.parametrize("mechanism", ["plain", "login"])
def test_a_letter_is_taken_whole_from_who_has_logged_in(mechanism: str, box: Box, client: smtplib.SMTP) -> None:
    client.ehlo()
    client.user, client.password = LOGIN
    client.auth(mechanism, getattr(client, f"auth_{mechanism}"))
    client.sendmail("a@x.example", ["b@x.example", "c@x.example"], TEXT)
    assert box.came.wait(5)
    assert box.letters == [Letter("a@x.example", ("b@x.example", "c@x.example"), TEXT.encode())]


def test_nobody_else_may_send(box: Box, client: smtplib.SMTP) -> None:
    with pytest.raises(smtplib.SMTPAuthenticationError):
        client.login("alerts", "another secret")
    with pytest.raises(smtplib.SMTPSenderRefused):
        client.sendmail("a@x.example", ["b@x.example"], TEXT)
    assert not box.letters
    assert box.refused == [*["the login as `alerts` is wrong"] * (len(box.refused) - 1), "it did not log in"]


def test_what_it_does_not_know_is_said(client: smtplib.SMTP) -> None:
    assert client.docmd("STARTTLS")[0] == 502
    assert client.docmd("AUTH", "CRAM-MD5")[0] == 504
    assert client.docmd("DATA")[0] == 503
    assert client.noop()[0] == 250
    assert client.rset()[0] == 250
