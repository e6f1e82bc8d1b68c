"""The only reader of the environment. Every missing or wrong setting is named at once, in French."""

import base64
import binascii
import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
DEMO_PREFIX = "demo-"


class ConfigurationError(SystemExit):
    """The installation cannot start; the message says what to set."""


class Env(BaseSettings):
    """Settings of one installation, read from TANDEM_* variables (and DATABASE_URL)."""

    model_config = SettingsConfigDict(env_prefix="TANDEM_", extra="ignore", env_file=None)

    mode: Literal["production", "demo", "test"] = "production"
    # Signs cookies and forms.
    secret_key: SecretStr
    # "id:base64,id:base64": keys of 32 bytes; the first encrypts, all decrypt.
    encryption_keys: SecretStr
    # base64 of 32 bytes: key of the blind indexes (never rotated in place).
    index_key: SecretStr
    # base64 of 32 bytes: key of the backups; empty: one derived from the index key.
    backup_key: SecretStr = SecretStr("")
    # Public address of this installation, without a final slash: also our issuer.
    site_url: str
    allowed_hosts: str = ""
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    data_dir: Path = ROOT / "var"
    # Where the latest lines of the journal are copied, best on another disk; empty: in the data folder.
    journal_copy: str = ""
    # How many proxies stand before the server (0: none, the client's address is the socket's).
    trusted_proxies: int = 0
    # Opens /metriques; empty: this machine alone reads it.
    metrics_token: SecretStr = SecretStr("")
    operator_name: str = "Tandem"
    support_email: str
    support_phone: str = ""
    default_timezone: str = "Europe/Paris"

    # smtp://user:password@host:port?tls=1 or file:/folder
    email_url: SecretStr
    email_from: str
    # file:/folder (stand-in); a real provider is a later room.
    sms_url: SecretStr = SecretStr("")

    fc_issuer: str
    fc_client_id: str
    fc_client_secret: SecretStr
    # Discovery document, when it does not stand under the issuer.
    fc_discovery_url: str = ""
    # Demonstration and tests only: lets the HTTP client speak http to the loopback.
    allow_loopback: bool = False
    # Demonstration only: the page with one-time codes and messages, shown by simulateurs/.
    demo_page_url: str = ""

    granian_workers: int = 2
    granian_threads: int = 4

    @field_validator("encryption_keys", "index_key", "backup_key")
    @classmethod
    def _keys_are_32_bytes(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        # Only the key of the backups may be empty.
        if info.field_name == "backup_key" and not value.get_secret_value():
            return value
        for pair in value.get_secret_value().split(","):
            try:
                size = len(
                    base64.b64decode(
                        pair.removeprefix(DEMO_PREFIX).split(":", 1)[-1], validate=True
                    )
                )
            except binascii.Error:
                size = 0
            if size != 32:
                raise ValueError("une clé s'écrit en base64 et fait 32 octets")
        return value

    # What production refuses is asked field by field, so that it stands in the same list as what is missing.

    @field_validator("secret_key", "encryption_keys", "index_key", "backup_key", "fc_client_secret")
    @classmethod
    def _no_secret_of_the_demonstration(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        if _is_production(info) and DEMO_PREFIX in value.get_secret_value():
            raise ValueError("secrets de démonstration interdits en production")
        return value

    @field_validator("secret_key")
    @classmethod
    def _secret_key_is_long(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        if _is_production(info) and len(value.get_secret_value()) < 50:
            raise ValueError("doit avoir au moins 50 caractères")
        return value

    @field_validator("site_url")
    @classmethod
    def _site_is_private(cls, value: str, info: ValidationInfo) -> str:
        if _is_production(info) and not value.startswith("https://"):
            raise ValueError("doit commencer par https:// en production")
        return value

    @field_validator("metrics_token")
    @classmethod
    def _token_is_long(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and len(value.get_secret_value()) < 32:
            raise ValueError("doit avoir au moins 32 caractères, ou être vide")
        return value

    @field_validator("allow_loopback", "demo_page_url")
    @classmethod
    def _nothing_of_the_demonstration(cls, value: Any, info: ValidationInfo) -> Any:
        if _is_production(info) and value:
            raise ValueError("réglage de démonstration, interdit en production")
        return value

    @field_validator("email_url")
    @classmethod
    def _email_leaves_for_good(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        if _is_production(info) and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
            raise ValueError(
                "en production les courriels partent par smtp://serveur ou smtps://serveur ; "
                "un dossier (file:) ou la mémoire (memory:) ne préviennent personne"
            )
        return value

    @field_validator("sms_url")
    @classmethod
    def _sms_leave_for_good(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        if _is_production(info) and value.get_secret_value():
            raise ValueError(
                "en production, laissez ce réglage vide : aucun opérateur de SMS n'est encore relié, "
                "et un dossier (file:) ou la mémoire (memory:) ne préviennent personne"
            )
        return value


def _is_production(info: ValidationInfo) -> bool:
    """`mode` is the first field, so it is read before all others."""
    return info.data.get("mode") == "production"


def _say(error: ValidationError) -> str:
    lines = ["Tandem ne peut pas démarrer. À corriger :"]
    for item in error.errors():
        field = ".".join(str(part) for part in item["loc"])
        name = (
            ""
            if not field
            else ("DATABASE_URL" if field == "DATABASE_URL" else f"TANDEM_{field.upper()}")
        )
        what = (
            "réglage manquant"
            if item["type"] == "missing"
            else str(item["msg"]).removeprefix("Value error, ")
        )
        lines.append(f"  - {name + ' : ' if name else ''}{what}")
    lines.append("Voir docs/exploitation.md.")
    return "\n".join(lines)


@lru_cache(maxsize=1)
def read_env(**overrides: Any) -> Env:
    """The settings of this process.

    Raises:
        ConfigurationError: one or more settings are missing or wrong; all are named.
    """
    try:
        # What systemd (LoadCredential=) or a container gives as files: one per setting, named like it.
        return Env(**{"_secrets_dir": os.environ.get("CREDENTIALS_DIRECTORY"), **overrides})
    except ValidationError as error:
        raise ConfigurationError(_say(error)) from error
