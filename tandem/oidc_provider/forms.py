"""What an aidant says on the way: whom for, what for, where the person is, and the gesture."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.comptes.gesture_fields import GestureFieldsMixin
from tandem.kernel.text import clean_line
from tandem.mandats.rules import AbsenceReason, Presence
from tandem.oidc_provider.rules.choices import PRESENCE_WORDS
from tandem.ui.forms import CardRadioSelect
from tandem.ui.free_text import FreeTextField, FreeTextFormMixin

SERVICE_LENGTH = 60
# An address, a telephone, a NIR: nothing of the person belongs here (P-12).
_PERSONAL = re.compile(r"@|(?:\d[\s.\-]?){7,}")


@dataclass(frozen=True)
class Line:
    """One autorisation as the form offers it."""

    value: str
    title: str
    description: str
    pictogram: str
    presence_allowed: Sequence[str]


class SearchForm(forms.Form):
    """Finds a person by name, on the server."""

    q = forms.CharField(
        label=_("Nom ou prénom de la personne"),
        help_text=_("Au moins trois lettres, avec ou sans accents."),
        min_length=3,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ChooseUsagerForm(forms.Form):
    """The person chosen in the list."""

    usager = forms.UUIDField(widget=forms.HiddenInput)


class UseForm(FreeTextFormMixin, forms.Form):
    """What the connexion is for, where the person is, at which service (P-05, P-07)."""

    autorisation = forms.ChoiceField(label=_("Pour quelle démarche ?"), widget=CardRadioSelect)
    presence = forms.ChoiceField(label=_("Où est la personne ?"), widget=CardRadioSelect)
    absence_reason = forms.ChoiceField(
        label=_("Si elle est absente : pourquoi agir maintenant ?"),
        required=False,
        widget=forms.Select,
    )
    service_declared = FreeTextField(
        label=_("Sur quel site vous connectez-vous ?"),
        help_text=_(
            "Par exemple : impots.gouv.fr. La personne le lira. N’écrivez rien de personnel."
        ),
        max_length=SERVICE_LENGTH,
        one_line=True,
    )

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {line.value: line for line in lines}
        self._offer_lines(lines)
        allowed = [p for p in Presence if any(p.value in line.presence_allowed for line in lines)]
        self._choices("presence", [(p.value, PRESENCE_WORDS[p]) for p in allowed])
        if Presence.ABSENCE in allowed:
            self._choices("absence_reason", [("", _("Choisir une raison")), *AbsenceReason.choices])
        else:
            del self.fields["absence_reason"]

    def _offer_lines(self, lines: Sequence[Line]) -> None:
        self._choices("autorisation", [(line.value, line.title) for line in lines])
        widget = self.fields["autorisation"].widget
        if isinstance(widget, CardRadioSelect):
            widget.hints = {line.value: line.description for line in lines}
            widget.pictograms = {line.value: line.pictogram for line in lines}

    def _choices(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
        real = [value for value, _label in choices if value]
        # The only answer possible is already given.
        if len(real) == 1 and name != "absence_reason":
            self.initial.setdefault(name, real[0])

    def clean_service_declared(self) -> str:
        """One line, without anything that looks like a person's data."""
        service = clean_line(self.cleaned_data["service_declared"])
        if not service or _PERSONAL.search(service):
            raise forms.ValidationError(
                _("Écrivez seulement le nom du site ou du service, sans adresse ni numéro.")
            )
        return service

    def clean(self) -> dict[str, Any]:
        """The mandat allows it that way, and an absence has its reason."""
        data = super().clean() or self.cleaned_data
        line = self.lines.get(data.get("autorisation", ""))
        presence = data.get("presence")
        if line is not None and presence and presence not in line.presence_allowed:
            self.add_error(
                "presence", _("Le mandat ne permet pas d’agir ainsi pour cette démarche.")
            )
        if presence == Presence.ABSENCE and not data.get("absence_reason"):
            self.add_error(
                "absence_reason", _("Dites pourquoi cela ne peut pas attendre la personne.")
            )
        return data


class ConfirmForm(GestureFieldsMixin):
    """The gesture that confirms (S-08)."""


class CodeForm(forms.Form):
    """The code the person received and gives to the aidant (P-06)."""

    code = forms.CharField(
        label=_("Code reçu par la personne"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class PaperForm(forms.Form):
    """The paper of the day, signed and held (P-06)."""

    signed = forms.BooleanField(
        label=_(
            "La personne a signé aujourd’hui le papier de confirmation, je l’ai sous les yeux."
        ),
    )


class EndForm(forms.Form):
    """At the end of an accompagnement under a mandat of one act: is the démarche done?"""

    filed = forms.BooleanField(
        required=False,
        label=_("La démarche est faite : le mandat s’arrête aussi."),
        help_text=_(
            "Ce mandat ne sert qu’à cette démarche. Laissez vide si vous devez y revenir avec la personne."
        ),
    )
