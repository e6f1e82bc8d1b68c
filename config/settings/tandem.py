"""Settings of Tandem itself: rooms read them through django.conf.settings."""

import base64

from config.env import read_env

_env = read_env()

TANDEM_MODE = _env.mode
TANDEM_SITE_URL = _env.site_url.rstrip("/")
TANDEM_OPERATOR_NAME = _env.operator_name
TANDEM_SUPPORT_EMAIL = _env.support_email
TANDEM_SUPPORT_PHONE = _env.support_phone
TANDEM_DEFAULT_TIMEZONE = _env.default_timezone
TANDEM_DATA_DIR = _env.data_dir
TANDEM_TRUSTED_PROXIES = _env.trusted_proxies
TANDEM_ALLOW_LOOPBACK = _env.allow_loopback
TANDEM_DEMO_PAGE_URL = _env.demo_page_url

# [(key id, 32 bytes)]: the first encrypts, all decrypt.
TANDEM_ENCRYPTION_KEYS = [
    (pair.split(":", 1)[0].removeprefix("demo-"), base64.b64decode(pair.split(":", 1)[1]))
    for pair in _env.encryption_keys.get_secret_value().split(",")
]
TANDEM_INDEX_KEY = base64.b64decode(_env.index_key.get_secret_value().removeprefix("demo-"))
# None: the backups' key is derived from the index key.
TANDEM_BACKUP_KEY = (
    base64.b64decode(_env.backup_key.get_secret_value().removeprefix("demo-")) or None
)
TANDEM_METRICS_TOKEN = _env.metrics_token.get_secret_value()
TANDEM_JOURNAL_COPY = _env.journal_copy or str(_env.data_dir / "journal-copie.jsonl")

TANDEM_EMAIL_URL = _env.email_url.get_secret_value()
TANDEM_EMAIL_FROM = _env.email_from
TANDEM_SMS_URL = _env.sms_url.get_secret_value()

TANDEM_FRANCECONNECT = {
    "issuer": _env.fc_issuer,
    "client_id": _env.fc_client_id,
    "client_secret": _env.fc_client_secret.get_secret_value(),
    "discovery_url": _env.fc_discovery_url,
}
