"""Settings of the test suite: an environment of its own, then the real settings."""

import base64
import os
import tempfile
from pathlib import Path

# Nothing of the suite falls into the folder of a demonstration.
_FOLDER = str(Path(tempfile.gettempdir()) / f"tandem-tests-{os.getuid()}")

os.environ.update(
    {
        "TANDEM_MODE": "test",
        "TANDEM_SECRET_KEY": "test-only-secret-key-test-only-secret-key-test-only",
        "TANDEM_ENCRYPTION_KEYS": "t1:" + base64.b64encode(b"1" * 32).decode(),
        "TANDEM_INDEX_KEY": base64.b64encode(b"2" * 32).decode(),
        "TANDEM_DATA_DIR": _FOLDER,
        "TANDEM_SITE_URL": "https://tandem.example",
        "TANDEM_ALLOWED_HOSTS": "tandem.example,testserver",
        "TANDEM_SUPPORT_EMAIL": "aide@tandem.example",
        "TANDEM_EMAIL_URL": "memory:",
        "TANDEM_EMAIL_FROM": "Tandem <ne-pas-repondre@tandem.example>",
        "TANDEM_SMS_URL": "memory:",
        "TANDEM_FC_ISSUER": "https://fc.example/api/v2",
        "TANDEM_FC_CLIENT_ID": "tandem-test",
        "TANDEM_FC_CLIENT_SECRET": "secret-of-tests-secret-of-tests-0123",
        "TANDEM_ALLOW_LOOPBACK": "1",
    }
)

from config.settings import *

# The cache of tests is per process, so that no test sees another's limits.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# The static server looks at its folder when it starts, collected or not.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
