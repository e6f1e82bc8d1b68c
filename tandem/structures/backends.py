"""Whose session it is: the compte, read with where it works, in the one query of a request."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from tandem.comptes.models import Compte
from tandem.structures.models import Affectation
from tandem.structures.queries import live_affectations

_READ_WITH = "_structures_read_with"


class CompteBackend(ModelBackend):
    """Django's own, which answers an unknown address as slowly as a wrong password (S-52); one query less."""

    def get_user(self, user_id: Any) -> Any:
        """The active compte of a session; one without affectation is read alone."""
        live = live_affectations(user_id)
        if not live:
            return super().get_user(user_id)
        compte = live[0].compte
        if not compte.is_active:
            return None
        setattr(compte, _READ_WITH, live)
        return compte


def read_with(compte: Compte) -> list[Affectation] | None:
    """The affectations read with this compte, once: whoever asks again reads again."""
    # Through the lazy `request.user`, which has no `__dict__` of the compte.
    live: list[Affectation] | None = getattr(compte, _READ_WITH, None)
    if live is not None:
        delattr(compte, _READ_WITH)
    return live
