import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from tandem.envois import backends
from tandem.envois.backends import (
    FileEmail,
    FileSms,
    MemorySms,
    NoSms,
    Undelivered,
    UnknownProvider,
    email_backend,
    sms_backend,
)
from tandem.envois.rules import Failure

WORDS = {"to": "rose@example.org", "subject": "Pour vous", "key": "0123abcd"}
BODY = "Bonjour,\nvotre aidante…\n.\nAu revoir"


class FakeSmtp(threading.Thread):
    """One SMTP conversation on the loopback; `answers` replaces the usual replies by verb."""

    def __init__(self, answers: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.answers = {"EHLO": "250 ok", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go",
                        "QUIT": "221 bye", ".": "250 taken"} | answers  # fmt: skip
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lines: list[str] = []

    def run(self) -> None:
        client, _address = self.listener.accept()
        with client, client.makefile("rwb") as stream:
            self.reply(stream, self.answers.get("CONNECT", "220 fake"))
            in_data = False
            for raw in stream:
                line = raw.decode().rstrip("\r\n")
                self.lines.append(line)
                verb = "." if in_data and line == "." else line.split(" ")[0].upper()
                if in_data and verb != ".":
                    continue
                answer = self.answers.get(verb, "502 what")
                in_data = verb == "DATA" and answer.startswith("354")
                if answer == "hang":
                    threading.Event().wait(1)
                    return
                self.reply(stream, answer)
                if verb == "QUIT":
                    return

    @staticmethod
    def reply(stream: Any, answer: str) -> None:
        stream.write(f"{answer}\r\n".encode())
        stream.flush()


@pytest.fixture
def smtp(request: pytest.FixtureRequest) -> Iterator[FakeSmtp]:
    server = FakeSmtp(getattr(request, "param", {}))
    server.start()
    yield server
    server.listener.close()
    server.join(5)


def send(server: FakeSmtp, **changes: str) -> None:
    email_backend(f"smtp://127.0.0.1:{server.port}").send(body=BODY, **(WORDS | changes))


@pytest.mark.loopback
class TestSmtp:
    def test_hands_over_plain_text_with_its_key(self, smtp: FakeSmtp) -> None:
        send(smtp)
        smtp.join(5)

        text = "\n".join(smtp.lines)
        assert "rcpt TO:<rose@example.org>" in text
        assert "Message-ID: <0123abcd@tandem.example>" in text
        assert "Content-Type: text/plain" in text
        assert "text/html" not in text

    @pytest.mark.parametrize(
        ("smtp", "failure", "final"),
        [
            ({"RCPT": "550 no such user rose@example.org"}, Failure.REFUSED, True),
            ({"RCPT": "451 later"}, Failure.UNAVAILABLE, False),
            ({".": "554 no"}, Failure.REFUSED, True),
            ({".": "452 full"}, Failure.UNAVAILABLE, False),
            ({"MAIL": "530 who are you"}, Failure.UNAVAILABLE, False),
            ({"CONNECT": "421 closed"}, Failure.UNAVAILABLE, False),
        ],
        indirect=["smtp"],
    )
    def test_says_whether_trying_again_can_help(
        self, smtp: FakeSmtp, failure: Failure, final: bool
    ) -> None:
        """R-14: a refused address ends the message, a busy server postpones it; no address is quoted."""
        with pytest.raises(Undelivered) as caught:
            send(smtp)

        assert (caught.value.failure, caught.value.final) == (failure, final)
        assert "rose" not in str(caught.value)
        assert caught.value.__suppress_context__

    @pytest.mark.parametrize("smtp", [{"EHLO": "hang"}], indirect=True)
    def test_cuts_a_server_that_hangs(
        self, smtp: FakeSmtp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(backends, "STEP_SECONDS", 0.2)

        with pytest.raises(Undelivered) as caught:
            send(smtp)

        assert not caught.value.final

    def test_waits_when_nobody_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]

        with pytest.raises(Undelivered) as caught:
            email_backend(f"smtp://127.0.0.1:{port}").send(body=BODY, **WORDS)

        assert not caught.value.final

    def test_refuses_a_header_of_two_lines_at_the_last_door_too(self, smtp: FakeSmtp) -> None:
        """ASVS 1.3.11: the backend does not trust the outbox."""
        with pytest.raises(Undelivered) as caught:
            send(smtp, subject="Pour vous\nBcc: other@example.org")

        assert caught.value.final
        assert not any("DATA" in line for line in smtp.lines)

    def test_reads_its_address(self) -> None:
        backend = email_backend("smtps://tandem%40x:se%2Fcret@mail.example?tls=0")

        connection: Any = backend.connection  # type: ignore[attr-defined]  # Django's SMTP backend
        assert (connection.host, connection.port) == ("mail.example", 465)
        assert (connection.username, connection.password) == ("tandem@x", "se/cret")
        assert (connection.use_ssl, connection.use_tls) == (True, False)


class TestFiles:
    def test_hold_one_message_each_however_often_it_is_sent(self, tmp_path: Path) -> None:
        for _ in range(2):
            FileEmail(tmp_path / "mails").send(body=BODY, **WORDS)
            FileSms(tmp_path / "mails").send(to="+33612345678", body="Bonjour", key="k2")

        names = sorted(path.name for path in (tmp_path / "mails").iterdir())
        assert names == ["0123abcd.eml", "k2.sms.txt"]
        assert b"To: rose@example.org" in (tmp_path / "mails" / "0123abcd.eml").read_bytes()

    def test_wait_when_the_disk_refuses(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("not a folder")

        with pytest.raises(Undelivered) as caught:
            FileSms(tmp_path / "file").send(to="+33612345678", body="Bonjour", key="k")

        assert not caught.value.final


class TestChoice:
    def test_follows_the_settings(self, tmp_path: Path) -> None:
        assert isinstance(email_backend(f"file:{tmp_path}"), FileEmail)
        assert isinstance(sms_backend(f"file:{tmp_path}"), FileSms)
        assert isinstance(sms_backend("memory:"), MemorySms)
        assert isinstance(sms_backend(""), NoSms)

    def test_refuses_what_it_does_not_know(self) -> None:
        for choose in (email_backend, sms_backend):
            with pytest.raises(UnknownProvider):
                choose("https://mail.example")

    def test_remembers_in_tests(self) -> None:
        email_backend("memory:").send(body=BODY, **WORDS)

        assert [message.to for message in mail.outbox] == [["rose@example.org"]]
