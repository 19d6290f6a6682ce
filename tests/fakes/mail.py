"""A mail server on loopback (aiosmtpd) that takes letters, or refuses them in the ways that real ones do."""

from __future__ import annotations

import asyncio
import email
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as RULES
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Taken:
    """A mail as it arrived: from whom and to whom the server was told, and what it is."""

    sender: str
    to: list[str]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=RULES)

    @property
    def words(self) -> str:
        found = self.mail.get_body(("plain",))
        assert found is not None
        return cast("str", found.get_content())


@dataclass
class FakeMail:
    """``refuses`` are answers to a recipient, by address; ``at_data`` answers to mails, used up one by one.

    The answer ``hang up`` ends the connection instead.
    """

    port: int = 0
    user: str = ""
    password: str = ""
    refuses: dict[str, str] = field(default_factory=dict)
    at_sender: str = ""
    at_data: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0

    async def handle_MAIL(  # noqa: N802  aiosmtpd's own names, here and below
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_sender:
            return self.at_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.at_data.pop(0) if self.at_data else "250 OK"
        if answer == "hang up":
            cast("Any", server.transport).abort()
        elif answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(Taken(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.content))
        return answer

    def knows(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: object) -> AuthResult:
        assert isinstance(given, LoginPassword)
        good = (given.login.decode(), given.password.decode()) == (self.user, self.password)
        return AuthResult(success=good, handled=good)


@contextmanager
def mail_server(certificate: Path | None = None, *, user: str = "", password: str = "") -> Iterator[FakeMail]:
    """With a ``certificate`` (PEM, key included) it wants STARTTLS; with a ``user`` it wants him to sign in."""
    found = FakeMail(user=user, password=password)
    context = _context(certificate) if certificate else None

    made: list[SMTP] = []

    def connected() -> SMTP:
        found.connections += 1
        made.append(
            one := SMTP(
                found,
                hostname="mail.test",
                tls_context=context,
                require_starttls=context is not None,
                authenticator=found.knows,
                auth_required=bool(user),
                loop=loop,
            )
        )
        return one

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()  # in the test's own thread a browser may have a loop running
    server = asyncio.run_coroutine_threadsafe(_listening(loop, connected), loop).result(10)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        asyncio.run_coroutine_threadsafe(_over(server, made), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _listening(loop: asyncio.AbstractEventLoop, connected: Callable[[], SMTP]) -> asyncio.Server:
    return await loop.create_server(connected, "127.0.0.1", 0)


async def _over(server: asyncio.Server, made: list[SMTP]) -> None:
    """Nothing is left that a later test would be warned of."""
    server.close()
    for one in made:
        if one.transport is not None:
            cast("Any", one.transport).abort()
    await asyncio.sleep(0)
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def certificate(path: Path, name: str = "localhost") -> Path:
    """One that nobody but its maker vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*form) + made.public_bytes(serialization.Encoding.PEM))
    return path
