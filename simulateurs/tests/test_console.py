"""The console of the demonstration: codes of the moment, messages that left."""

import json
import os
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from simulateurs.console import Console, ConsoleConfig, one_time_code, read_messages

pytestmark = pytest.mark.loopback

# The key of RFC 6238's appendix B, in base 32.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


class TestOneTimeCode:
    @pytest.mark.parametrize(
        ("now", "code"),
        [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
    )
    def test_is_that_of_the_standard(self, now: int, code: str) -> None:
        """RFC 6238, appendix B (SHA-1, last six digits)."""
        assert one_time_code(SECRET, now) == code


class TestConsole:
    def page(self, folder: Path, monkeypatch: pytest.MonkeyPatch, now: float = 59) -> str:
        monkeypatch.setenv("TANDEM_MODE", "demo")
        config = ConsoleConfig(
            folder / "people.json", folder / "messages", "http://localhost:1", lambda: now
        )
        with Console(config).serve(0) as running:
            return httpx.get(f"http://127.0.0.1:{running.port}/").text

    def test_shows_codes_and_messages(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        people = [{"name": "Alice", "role": "aidante", "email": "alice@mail.example", "password": "mot-de-passe", "totp_secret": SECRET}]  # fmt: skip  # noqa: E501
        (tmp_path / "people.json").write_text(json.dumps(people))
        messages = tmp_path / "messages"
        messages.mkdir()
        mail = EmailMessage()
        mail["To"], mail["Subject"] = "rose@mail.example", "Un mandat <signé>"
        mail.set_content("Bonjour,\nvotre mandat est signé.")
        (messages / "1.eml").write_bytes(mail.as_bytes())
        (messages / "2.sms.txt").write_text("+33600000000\n\nVotre code : 123456\n")
        os.utime(messages / "2.sms.txt", (1, 1))

        text = self.page(tmp_path, monkeypatch)

        assert "287082" in text
        assert "encore 1 secondes" in text
        assert "mot-de-passe" in text
        assert "Un mandat &lt;signé&gt;" in text
        assert text.index("rose@mail.example") < text.index("+33600000000")
        assert "Votre code : 123456" in text

    def test_waits_for_its_files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        text = self.page(tmp_path, monkeypatch)

        assert "Personne n’est encore décrit ici." in text
        assert "Aucun message n’est encore parti." in text

    def test_shows_a_person_without_factor(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "people.json").write_text(json.dumps([{"name": "Bob"}]))

        text = self.page(tmp_path, monkeypatch)

        assert "Bob" in text
        assert "data-code" not in text

    def test_refuses_production(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TANDEM_MODE", "production")

        with pytest.raises(SystemExit):
            Console(ConsoleConfig(tmp_path, tmp_path)).serve(0)

    def test_reads_a_mail_in_several_parts(self, tmp_path: Path) -> None:
        mail = EmailMessage()
        mail["To"], mail["Subject"] = "rose@mail.example", "Sujet"
        mail.set_content("En texte.")
        mail.add_alternative("<p>En page.</p>", subtype="html")
        (tmp_path / "1.eml").write_bytes(mail.as_bytes())

        [message] = read_messages(tmp_path)

        assert message.body.strip() == "En texte."
