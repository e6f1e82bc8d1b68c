"""What is asked before an exercise of connexion: the same as before a true one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.comptes.gesture_fields import GestureFieldsMixin
from tandem.mandats.models import Autorisation
from tandem.mandats.rules import AbsenceReason, Presence
from tandem.referentiels.queries import ScopeDescription
from tandem.ui.forms import CardRadioSelect


class UseForm(GestureFieldsMixin):
    """For whom and for what, who is there, at which service."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    ligne = forms.ChoiceField(
        label=_("Pour qui, et pour quoi ?"),
        widget=CardRadioSelect,
        error_messages={"required": _("Choisissez une ligne d’un mandat.")},
    )
    presence = forms.ChoiceField(
        label=_("Où est la personne ?"),
        choices=Presence.choices,
        widget=CardRadioSelect,
        error_messages={"required": _("Dites où est la personne.")},
    )
    absence_reason = forms.ChoiceField(
        label=_("Si elle est absente, pourquoi ?"),
        choices=[("", _("Elle n’est pas absente")), *AbsenceReason.choices],
        required=False,
    )
    service = forms.CharField(
        label=_("À quel service vous connectez-vous ?"),
        help_text=_("Par exemple : impots.gouv.fr"),
        max_length=100,
        error_messages={"required": _("Écrivez le nom du service.")},
    )

    def __init__(
        self, *args: Any, lines: Sequence[tuple[Autorisation, ScopeDescription]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ligne"].choices = [  # type: ignore[attr-defined]  # a choice field
            (str(row.public_id), f"{row.usager.display_name} : {words.title}")
            for row, words in lines
        ]
