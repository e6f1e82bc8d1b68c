"""The keys: strong, distinct, and those that made what the database holds (S-42, S-47)."""

from collections.abc import Iterator
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Cast

from config.check.findings import Finding, error, good
from tandem.journal.queries import JournalBrokenError, private_key, public_keys
from tandem.kernel.crypto import key_id_of
from tandem.kernel.fields import EncryptedTextField

# Of 32 random bytes, fewer than this many different ones never happens.
_DISTINCT = 16


def strength(_at: datetime) -> Iterator[Finding]:
    """No key looks typed by hand, none serves twice."""
    named = [
        (f"TANDEM_ENCRYPTION_KEYS ({name})", key) for name, key in settings.TANDEM_ENCRYPTION_KEYS
    ]
    named.append(("TANDEM_INDEX_KEY", settings.TANDEM_INDEX_KEY))
    if settings.TANDEM_BACKUP_KEY:
        named.append(("TANDEM_BACKUP_KEY", settings.TANDEM_BACKUP_KEY))
    wrong = [name for name, key in named if len(set(key)) < _DISTINCT]
    for name in wrong:
        yield error("clés", f"{name} n'a pas été tirée au hasard : faites-en une autre.")
    if len({key for _name, key in named}) < len(named):
        yield error("clés", "La même clé sert deux fois : chaque réglage a la sienne.")
    elif not wrong:
        yield good("clés", f"{len(named)} clés distinctes.")
    ids = [name for name, _key in settings.TANDEM_ENCRYPTION_KEYS]
    if len(set(ids)) < len(ids):
        yield error("clés", "Deux clés de TANDEM_ENCRYPTION_KEYS portent le même nom.")


def missing(_at: datetime) -> Iterator[Finding]:
    """The first and the last value of each encrypted column name a key that we hold, and a real one opens."""
    known = dict(settings.TANDEM_ENCRYPTION_KEYS)
    lost = sorted({name for name in _key_names() if name not in known})
    for name in lost:
        yield error(
            "clés",
            f"La base contient des valeurs chiffrées par la clé « {name[:20]} », absente de TANDEM_ENCRYPTION_KEYS.",
        )
    key = public_keys().first()
    if key is None or lost:
        return
    try:
        private_key(key)
    except JournalBrokenError:
        yield error(
            "clés",
            "Ces clés n'ouvrent pas ce que contient la base : TANDEM_ENCRYPTION_KEYS n'est pas celle d'origine.",
        )


def _key_names() -> Iterator[str]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                raw = Cast(field.name, models.TextField())
                held = model._base_manager.annotate(raw=raw).filter(raw__gt="")
                for order in ("pk", "-pk"):
                    value = held.order_by(order).values_list("raw", flat=True).first()
                    if value is not None:
                        yield key_id_of(str(value))
