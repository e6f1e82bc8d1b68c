"""When a message is tried again, and when it is given up. No database, no clock."""

import re
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    EMAIL = "email", _("courriel")
    SMS = "sms", _("SMS")


class Failure(models.TextChoices):
    """Why a message ended without being delivered, or why it waits: no text of the provider is kept."""

    UNAVAILABLE = "unavailable", _("le service d’envoi ne répond pas")
    REFUSED = "refused", _("le service d’envoi refuse ce message")
    NO_PROVIDER = "no_provider", _("aucun service d’envoi n’est réglé")
    TOO_LATE = "too_late", _("le message n’avait plus de sens à cette heure")
    GIVEN_UP = "given_up", _("trop d’essais")
    RESTORED = "restored", _("une sauvegarde a été restaurée : il était peut-être déjà parti")
    UNREADABLE = "unreadable", _("le message ne peut plus être déchiffré")


# Longer than any single sending: each step with a provider is cut after 5 seconds, an SMTP session has nine.
LEASE = timedelta(seconds=55)
FIRST_RETRY = timedelta(seconds=15)
# Everything must leave within a quarter of an hour after a provider's return.
LONGEST_RETRY = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=24)
KEEP_FINAL = timedelta(days=30)

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after that many failed attempts: doubles from 15 s, ten minutes at most."""
    if attempts > 16:
        return LONGEST_RETRY
    return min(LONGEST_RETRY, FIRST_RETRY * (1 << max(0, attempts - 1)))


def is_header_safe(value: str) -> bool:
    """No line break nor control character: nothing that could begin another header."""
    return not _CONTROL.search(value)
