"""Whether a certificate, its key and who vouches for it belong together, told before a server is given them."""

from __future__ import annotations

import contextlib
import ssl
import tempfile
from typing import IO

from monitoring_as_code.light import NamedTuple

# Whoever renews certificates by themselves has done it by then, those of a week too.
_LEFT = 0.1


class Life(NamedTuple):
    """From when to when a certificate holds, in seconds since 1970."""

    begins: float
    ends: float

    def ends_soon(self, now: float) -> bool:
        """Whether somebody should see to another one."""
        return self.ends - now < _LEFT * (self.ends - self.begins)


class Unfit(Exception):  # noqa: N818 - what it is, as the others here
    """A server could do nothing with them, or nobody would trust it; the text says why, and shows nothing of them."""


def check(certificate: str, key: str, authority: str | None) -> Life:
    """From when to when the certificate holds, if the key is its own and the `authority`, PEM too, vouches for it.

    Without one it is the usual authorities that must. It is asked as it will be: by a handshake, in memory.

    Raises:
        Unfit: they do not belong together, or nobody can read them.
    """
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Go, which the servers are written in, takes shorter keys than OpenSSL does by itself: that is not what is asked.
    server.set_ciphers("DEFAULT@SECLEVEL=0")
    with _unnamed(certificate) as one, _unnamed(key) as other:
        try:
            server.load_cert_chain(f"/dev/fd/{one.fileno()}", f"/dev/fd/{other.fileno()}", _no_passphrase)
        except ssl.SSLError as error:
            raise Unfit(_MISFITS.get(error.reason or "", "the certificate or the key is no PEM that can be read")) from None
    with contextlib.ExitStack() as opened:
        file = None if authority is None else f"/dev/fd/{opened.enter_context(_unnamed(authority)).fileno()}"
        try:
            client = ssl.create_default_context(cafile=file)
        except ssl.SSLError:
            raise Unfit("who signed it is no certificate that can be read") from None
    client.check_hostname = False
    return _shown(server, client)


# The last one is what OpenSSL says of a key of another kind: it is for another certificate, of which there is none.
_MISFITS = dict.fromkeys(("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"), "the key does not fit the certificate")


def _no_passphrase() -> str:
    # Without this OpenSSL would ask whoever sits at the terminal.
    raise Unfit("the key has a passphrase, for which the server does not ask: `openssl pkey` writes it without")


def _unnamed(content: str) -> IO[bytes]:
    """A file that has no name, so that nothing is left of a key whoever is killed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked for it closes it
    file.write(content.encode())
    file.flush()
    file.seek(0)
    return file


def _shown(server: ssl.SSLContext, client: ssl.SSLContext) -> Life:
    """That of the certificate that a server shows, as the client that trusts it reads it."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    serving = server.wrap_bio(to_server, to_client, server_side=True)
    asking = client.wrap_bio(to_client, to_server)
    asking_done = serving_done = False
    for _ in range(_ROUNDS):
        try:
            if not asking_done:
                asking_done = _stepped(asking)
            if not serving_done:
                serving_done = _stepped(serving)
        except ssl.SSLCertVerificationError as error:
            raise Unfit(f"the certificate is not trusted: {error.verify_message}") from None
        except ssl.SSLError as error:
            raise Unfit(f"TLS fails with it: {(error.reason or 'unknown').lower().replace('_', ' ')}") from None
        if asking_done and serving_done:
            break
    found = asking.getpeercert() or {}
    return Life(*(float(ssl.cert_time_to_seconds(str(found[moment]))) for moment in ("notBefore", "notAfter")))


# A handshake takes three; each side speaks in turn.
_ROUNDS = 10


def _stepped(side: ssl.SSLObject) -> bool:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True
