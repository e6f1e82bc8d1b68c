"""The environment is read once, typed, and what is wrong is said at once."""

import base64
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

from config import cli
from config.env import ConfigurationError, Env, read_env

SetAll = Callable[..., None]
GOOD = {
    "TANDEM_MODE": "production",
    "TANDEM_SECRET_KEY": secrets.token_urlsafe(60),
    "TANDEM_ENCRYPTION_KEYS": "k1:" + base64.b64encode(b"k" * 32).decode(),
    "TANDEM_INDEX_KEY": base64.b64encode(b"i" * 32).decode(),
    "TANDEM_SITE_URL": "https://tandem.example",
    "TANDEM_SUPPORT_EMAIL": "aide@tandem.example",
    "TANDEM_EMAIL_URL": "smtp://localhost:25",
    "TANDEM_EMAIL_FROM": "aide@tandem.example",
    "TANDEM_FC_ISSUER": "https://fc.example",
    "TANDEM_FC_CLIENT_ID": "tandem",
    "TANDEM_FC_CLIENT_SECRET": "0123456789012345678901234567890123456789",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[SetAll]:
    """Only what a test sets."""
    import os

    for name in list(os.environ):
        if name.startswith("TANDEM_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    read_env.cache_clear()

    def set_all(**changes: str | None) -> None:
        for name, value in {**GOOD, **changes}.items():
            if value is not None:
                monkeypatch.setenv(name, value)

    yield set_all
    read_env.cache_clear()


class TestTheEnvironment:
    def test_is_read_when_it_is_whole(self, environment: SetAll) -> None:
        environment()

        assert isinstance(read_env(), Env)

    def test_takes_secrets_from_files(
        self, environment: SetAll, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """S-47: as systemd gives credentials, one file per setting; the environment never holds them."""
        (tmp_path / "tandem_secret_key").write_text(GOOD["TANDEM_SECRET_KEY"] + "\n")
        (tmp_path / "tandem_index_key").write_text("c2hvcnQ=")
        environment(TANDEM_SECRET_KEY=None, TANDEM_INDEX_KEY=None)
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

        with pytest.raises(ConfigurationError, match=r"TANDEM_INDEX_KEY : .*32 octets"):
            read_env()
        (tmp_path / "tandem_index_key").write_text(GOOD["TANDEM_INDEX_KEY"] + "\n")

        assert read_env().secret_key.get_secret_value() == GOOD["TANDEM_SECRET_KEY"]

    def test_names_every_missing_setting_at_once(self, environment: SetAll) -> None:
        environment(TANDEM_SECRET_KEY=None, TANDEM_FC_ISSUER=None, TANDEM_EMAIL_FROM=None)

        with pytest.raises(ConfigurationError) as refusal:
            read_env()

        said = str(refusal.value)
        for name in ("TANDEM_SECRET_KEY", "TANDEM_FC_ISSUER", "TANDEM_EMAIL_FROM"):
            assert f"{name} : réglage manquant" in said

    @pytest.mark.parametrize(
        "name",
        [
            "TANDEM_SECRET_KEY",
            "TANDEM_ENCRYPTION_KEYS",
            "TANDEM_INDEX_KEY",
            "TANDEM_FC_CLIENT_SECRET",
        ],
    )
    def test_refuses_a_secret_of_the_demonstration_in_production(
        self, environment: SetAll, name: str
    ) -> None:
        """S-47: boot refuses defaults."""
        environment(**{name: "demo-" + GOOD[name]})

        with pytest.raises(ConfigurationError, match="secrets de démonstration interdits"):
            read_env()

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("TANDEM_SITE_URL", "http://tandem.example", "https://"),
            ("TANDEM_ALLOW_LOOPBACK", "1", "démonstration"),
            ("TANDEM_DEMO_PAGE_URL", "http://localhost:1/", "démonstration"),
            ("TANDEM_SECRET_KEY", "short", "50 caractères"),
            ("TANDEM_ENCRYPTION_KEYS", "k1:dG9vIHNob3J0", "32 octets"),
            ("TANDEM_INDEX_KEY", "not base64 !", "32 octets"),
            ("TANDEM_EMAIL_URL", "file:/var/courriels", "TANDEM_EMAIL_URL : .*smtp://"),
            ("TANDEM_EMAIL_URL", "memory:", "TANDEM_EMAIL_URL : .*smtp://"),
            ("TANDEM_EMAIL_URL", "smtp:", "TANDEM_EMAIL_URL : .*smtp://"),
            ("TANDEM_SMS_URL", "file:/var/sms", "TANDEM_SMS_URL : .*laissez ce réglage vide"),
            ("TANDEM_SMS_URL", "memory:", "TANDEM_SMS_URL : .*laissez ce réglage vide"),
        ],
    )
    def test_refuses_what_production_must_not_have(
        self, environment: SetAll, name: str, value: str, said: str
    ) -> None:
        environment(**{name: value})

        with pytest.raises(ConfigurationError, match=said):
            read_env()

    def test_says_what_production_refuses_beside_what_is_missing(self, environment: SetAll) -> None:
        environment(
            TANDEM_FC_ISSUER=None,
            TANDEM_SITE_URL="http://tandem.example",
            TANDEM_EMAIL_URL="file:/var/courriels",
            TANDEM_SMS_URL="file:/var/sms",
            TANDEM_SECRET_KEY="demo-short",
        )

        with pytest.raises(ConfigurationError) as refusal:
            read_env()

        named = [line.split(" : ")[0] for line in str(refusal.value).splitlines()[1:-1]]
        assert sorted(named) == [
            f"  - TANDEM_{name}"
            for name in ("EMAIL_URL", "FC_ISSUER", "SECRET_KEY", "SITE_URL", "SMS_URL")
        ]

    @pytest.mark.parametrize("mode", ["demo", "test"])
    def test_lets_stand_ins_serve_outside_production(self, environment: SetAll, mode: str) -> None:
        environment(
            TANDEM_MODE=mode, TANDEM_EMAIL_URL="file:/var/courriels", TANDEM_SMS_URL="memory:"
        )

        assert read_env().mode == mode

    @pytest.mark.parametrize("url", ["smtp://localhost:25", "smtps://u:p@mail.example?tls=1"])
    def test_takes_a_mail_server_in_production(self, environment: SetAll, url: str) -> None:
        environment(TANDEM_EMAIL_URL=url, TANDEM_SMS_URL="")

        assert read_env().email_url.get_secret_value() == url

    def test_never_repeats_a_secret(self, environment: SetAll) -> None:
        environment(TANDEM_SECRET_KEY="demo-hush-hush-hush")

        with pytest.raises(ConfigurationError) as refusal:
            read_env()

        assert "hush" not in str(refusal.value)


class TestTheCommandLine:
    @pytest.mark.parametrize("name", sorted(set(cli.COMMANDS.values())))
    def test_leads_to_a_command_that_stands(self, name: str) -> None:
        assert name in get_commands()

    def test_says_what_it_knows(self, capsys: pytest.CaptureFixture[str]) -> None:
        cli.main(["--help"])

        said = capsys.readouterr().out
        assert all(
            f"tandem {' '.join(words)}" in said
            for words in cli.COMMANDS
            if words != ("journal", "checkpoint")
        )

    def test_refuses_an_unknown_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit, match="commande inconnue"):
            cli.main(["fly", "away"])


class TestTheGuide:
    def test_lists_every_setting(self) -> None:
        from config.env import ROOT

        guide = (ROOT / "docs" / "exploitation.md").read_text()
        names = {
            "DATABASE_URL" if name == "database_url" else f"TANDEM_{name.upper()}"
            for name in Env.model_fields
        }
        assert [name for name in sorted(names) if f"`{name}`" not in guide] == []
