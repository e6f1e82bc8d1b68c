"""Where messages leave: SMTP or a folder for e-mails, a folder for SMS until a provider is chosen.

A backend hands a message over or raises `Undelivered`. It receives the message's own identifier
as `key` and gives it to the provider: a message handed over twice, because a worker died between
the sending and the mark, bears the same key, so the provider can drop the second. Delivery is
therefore « at least once », and once for a provider that knows the key.
"""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as MemoryMail
from django.core.mail.backends.smtp import EmailBackend as SmtpMail
from django.core.mail.message import BadHeaderError

from tandem.envois.rules import Failure

# One step of a conversation with a provider; see rules.LEASE.
STEP_SECONDS = 5


class Undelivered(Exception):  # noqa: N818 - a provider's no is expected
    """The provider did not take the message. No text of the provider travels: it may hold an address."""

    def __init__(self, failure: Failure, *, final: bool) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.final = final


class UnknownProvider(ValueError):  # noqa: N818 - named as the thing that was found
    """TANDEM_EMAIL_URL or TANDEM_SMS_URL is not an address this room knows."""


class EmailBackend(Protocol):
    def send(self, *, to: str, subject: str, body: str, key: str) -> None:
        """Hand over one plain text e-mail.

        Raises:
            Undelivered: final when trying again cannot help.
        """


class SmsBackend(Protocol):
    def send(self, *, to: str, body: str, key: str) -> None:
        """Hand over one SMS; `key` is the provider's idempotency key.

        Raises:
            Undelivered: final when trying again cannot help.
        """


def email_message(*, to: str, subject: str, body: str, key: str) -> mail.EmailMessage:
    """The e-mail as it leaves; its Message-ID is the key, the same at each try."""
    domain = parseaddr(settings.TANDEM_EMAIL_FROM)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{key}@{domain}>", "Auto-Submitted": "auto-generated"}
    return mail.EmailMessage(subject, body, settings.TANDEM_EMAIL_FROM, [to], headers=headers)


class DjangoEmail:
    """Any of Django's e-mail backends: SMTP, or the outbox of tests."""

    def __init__(self, connection: BaseEmailBackend) -> None:
        self.connection = connection

    def send(self, *, to: str, subject: str, body: str, key: str) -> None:
        with _provider_says():
            self.connection.send_messages(
                [email_message(to=to, subject=subject, body=body, key=key)]
            )


@contextmanager
def _provider_says() -> Iterator[None]:
    """Turns what SMTP answers into `Undelivered`."""
    try:
        yield
    except BadHeaderError:
        raise Undelivered(Failure.REFUSED, final=True) from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        _refuse(final=bool(codes) and all(500 <= code < 600 for code in codes))
    except smtplib.SMTPDataError as error:
        _refuse(final=500 <= error.smtp_code < 600)
    except (smtplib.SMTPException, OSError):
        # A wrong password or a refused sender is ours to repair: the message waits for it.
        _refuse(final=False)


def _refuse(*, final: bool) -> None:
    # Without a cause: the provider's words may hold an address.
    raise Undelivered(Failure.REFUSED if final else Failure.UNAVAILABLE, final=final) from None


class FileEmail:
    """One file per message, named by its key: a second try writes the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, *, to: str, subject: str, body: str, key: str) -> None:
        message = email_message(to=to, subject=subject, body=body, key=key)
        with _provider_says():
            _write(self.folder / f"{key}.eml", message.message().as_bytes())


class FileSms:
    """Stand-in of a provider: one file per SMS, named by its key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, *, to: str, body: str, key: str) -> None:
        with _provider_says():
            _write(self.folder / f"{key}.sms.txt", f"{to}\n\n{body}\n".encode())


class MemorySms:
    """The stand-in of tests."""

    outbox: list[tuple[str, str, str]] = []

    def send(self, *, to: str, body: str, key: str) -> None:
        self.outbox.append((to, body, key))


class NoSms:
    """No provider is set: the person is told otherwise."""

    def send(self, *, to: str, body: str, key: str) -> None:  # noqa: ARG002 - the interface
        raise Undelivered(Failure.NO_PROVIDER, final=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def email_backend(url: str | None = None) -> EmailBackend:
    """The e-mail backend of TANDEM_EMAIL_URL: smtp://, smtps://, file: or memory:.

    Raises:
        UnknownProvider: another scheme.
    """
    parts = urlsplit(settings.TANDEM_EMAIL_URL if url is None else url)
    if parts.scheme in {"smtp", "smtps"}:
        return DjangoEmail(
            SmtpMail(
                host=parts.hostname,
                port=parts.port or (465 if parts.scheme == "smtps" else 25),
                username=unquote(parts.username or ""),
                password=unquote(parts.password or ""),
                use_tls=parse_qs(parts.query).get("tls") == ["1"],
                use_ssl=parts.scheme == "smtps",
                timeout=STEP_SECONDS,
            )
        )
    if parts.scheme == "file":
        return FileEmail(Path(parts.path))
    if parts.scheme == "memory":
        return DjangoEmail(MemoryMail())
    raise UnknownProvider("TANDEM_EMAIL_URL")


def sms_backend(url: str | None = None) -> SmsBackend:
    """The SMS backend of TANDEM_SMS_URL: file:, memory:, or none when empty.

    Raises:
        UnknownProvider: another scheme.
    """
    address = settings.TANDEM_SMS_URL if url is None else url
    parts = urlsplit(address)
    if not address:
        return NoSms()
    if parts.scheme == "file":
        return FileSms(Path(parts.path))
    if parts.scheme == "memory":
        return MemorySms()
    raise UnknownProvider("TANDEM_SMS_URL")
