"""One connection to the mail server, kept while letters follow each other, and what its refusals mean."""

from __future__ import annotations

import smtplib
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from smtplib import SMTP, SMTP_SSL
from threading import Lock

from bot.platforms import Closed, Impossible, Later, NotNow
from bot.sections import EmailSettings

TIMEOUT = 20.0
"""Seconds for each answer of the server."""
IDLE = 15.0
"""Servers hang up on who says nothing; a connection that rested for longer is made anew."""
BUSY = 60.0
GREYLISTED = 300.0
LONGEST_REASON = 200
TOO_LARGE = 552
SHUTTING_DOWN = 421
PERMANENT = 500


class Busy(NotNow):
    """The server takes no mail at all just now; ``said`` are its own words."""

    def __init__(self, said: str) -> None:
        super().__init__(BUSY)
        self.said = said


@dataclass
class Wire:
    """``deliver`` may be called from any thread; one mail is under way at a time."""

    settings: EmailSettings
    _smtp: SMTP | None = None
    _used: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def deliver(self, message: EmailMessage, *, sender: str, to: str) -> None:
        """Raises ``Busy``, ``Later``, ``Impossible``, ``Closed``, and ``OSError`` for an outage."""
        with self._lock:
            try:
                self._connected().send_message(message, from_addr=sender, to_addrs=[to])
                self._used = time.monotonic()
            except smtplib.SMTPException as error:
                self._meaning(error)
                raise
            except ssl.SSLCertVerificationError as error:
                raise Closed(f"certificate: {error.verify_message}") from error
            except OSError:
                self.close()
                raise

    def probe(self) -> str:
        """Connect, greet, sign in and leave; how the server calls itself. Raises as ``deliver`` does."""
        with self._lock:
            try:
                smtp = open_smtp(self.settings)
            except smtplib.SMTPException as error:
                self._meaning(error)
                raise
            except ssl.SSLCertVerificationError as error:
                raise Closed(f"certificate: {error.verify_message}") from error
            name = (smtp.ehlo_resp or b"").decode("ascii", "replace").split("\n", 1)[0]
            with suppress(OSError):
                smtp.quit()
        return name[:100]

    def close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def _connected(self) -> SMTP:
        if self._smtp is not None and (time.monotonic() - self._used > IDLE or self._smtp.sock is None):
            self.close()
        if self._smtp is None:
            self._smtp = open_smtp(self.settings)
        return self._smtp

    def _meaning(self, error: smtplib.SMTPException) -> None:
        """Raises what the refusal means to delivery, unless it is an outage like any other."""
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            refusal, said = next(iter(error.recipients.values()))
            self._refused(refusal, _words(said))
        self.close()
        if isinstance(error, smtplib.SMTPNotSupportedError):
            raise Closed(f"not_supported: {error}") from error
        if not isinstance(error, smtplib.SMTPResponseException) or error.smtp_code < 0:
            return
        code, words = error.smtp_code, _words(error.smtp_error)
        if isinstance(error, smtplib.SMTPDataError) or code == TOO_LARGE:
            self._refused(code, words)
        if code < PERMANENT:
            raise Busy(f"{code} {words}") from error
        kind = "login" if isinstance(error, smtplib.SMTPAuthenticationError) else "sender"
        raise Closed(f"{kind}: {code} {words}") from error

    @staticmethod
    def _refused(code: int, words: str) -> None:
        """Of one mail to one reader."""
        if code == SHUTTING_DOWN:
            raise Busy(f"{code} {words}")
        raise Impossible(f"{code} {words}") if code >= PERMANENT else Later(GREYLISTED, f"{code} {words}")


def open_smtp(settings: EmailSettings) -> SMTP:
    """Greeted, guarded and signed in as the settings say."""
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    where = (settings.host, settings.at_port)
    if settings.tls == "tls":
        smtp: SMTP = SMTP_SSL(*where, timeout=TIMEOUT, context=context)
    else:
        smtp = SMTP(*where, timeout=TIMEOUT)
    try:
        if settings.tls == "starttls":
            smtp.starttls(context=context)
        smtp.ehlo_or_helo_if_needed()
        if settings.user:
            smtp.login(settings.user, settings.password.get_secret_value())
    except BaseException:
        smtp.close()
        raise
    return smtp


def _words(said: bytes | str) -> str:
    """The server's own words on one line."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(words.split())[:LONGEST_REASON]
