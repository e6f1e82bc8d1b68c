"""Choices of acces: no database, no clock, no request."""

from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# Follow-up is kept two years after the last contact (P-20, A.3).
KEPT: Final = timedelta(days=730)


class Road(TextChoices):
    """What is done with the account; the words of `referentiels.accounts.Path`."""

    CREATE = "creer", _("créer un compte")
    RECOVER = "recuperer", _("retrouver l’accès à un compte")


class Keyboard(TextChoices):
    """Who held the keyboard, said at the end."""

    PERSON = "person", _("la personne, tout du long")
    TOGETHER = "together", _("chacun son tour, ensemble")
    AIDANT = "aidant", _("l’aidant, avec la personne à côté")


class Outcome(TextChoices):
    """Where it stopped."""

    DONE = "done", _("le compte s’ouvre, la personne sait y revenir")
    WAITING = "waiting", _("on attend un courrier ou un code")
    ELSEWHERE = "elsewhere", _("il faut aller au guichet du service")
    DROPPED = "dropped", _("la personne ne veut pas continuer")
