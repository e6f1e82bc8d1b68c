"""Strings of the pages about a person, turned into values."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from tandem.comptes.gesture_fields import GestureFieldsMixin
from tandem.kernel.text import clean_line
from tandem.structures.models import Affectation
from tandem.ui.forms import CardRadioSelect
from tandem.usagers.birthdates import said_birthdate
from tandem.usagers.rules import (
    ChannelKind,
    FreezeReason,
    Holder,
    Piece,
    Protected,
    clean_channel_value,
    wrong_value,
)

_CONFIRM = gettext_lazy("Cochez la case pour confirmer.")


def _sentences(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(value, capfirst(label)) for value, label in choices]


class RenameForm(forms.Form):
    """The name the person uses."""

    preferred_name = forms.CharField(
        label=gettext_lazy("Nom d’usage"),
        help_text=gettext_lazy(
            "Le nom que la personne utilise tous les jours. Vide : son nom de famille."
        ),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NameField(forms.CharField):
    """A name as it is kept: what nobody sees goes before one asks whether something was typed."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class NamesForm(forms.Form):
    """First given names, family name, birthdate, as said or as read."""

    given_names = NameField(
        label=gettext_lazy("Prénoms"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    family_name = NameField(
        label=gettext_lazy("Nom de naissance"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    birthdate = forms.CharField(
        label=gettext_lazy("Date de naissance"),
        help_text=gettext_lazy(
            "Par exemple 12/03/1946. L’année seule suffit si le jour n’est pas connu."
        ),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "size": 12}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_birthdate(self) -> str:
        """As the civil registry writes it, with presumed zeros."""
        typed = self.cleaned_data["birthdate"]
        found = said_birthdate(typed, today=self.today)
        if typed and not found:
            raise forms.ValidationError(
                gettext_lazy("Cette date ne semble pas juste : écrivez par exemple 12/03/1946.")
            )
        return found


class DeclareForm(NamesForm):
    """What the person says of themselves."""

    preferred_name = forms.CharField(
        label=gettext_lazy("Nom d’usage, s’il est différent"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birthdate"].required = False


class PieceForm(NamesForm):
    """Which original was seen, when, and what it says."""

    piece = forms.ChoiceField(
        label=gettext_lazy("Quelle pièce avez-vous en main ?"),
        choices=_sentences(Piece.choices),
        widget=CardRadioSelect,
    )
    seen_on = forms.DateField(
        label=gettext_lazy("Vue le"),
        input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        widget=forms.DateInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "size": 12}, format="%d/%m/%Y"
        ),
    )
    field_order = ["piece", "given_names", "family_name", "birthdate", "seen_on"]

    @property
    def says(self) -> dict[str, str]:
        """The names and the birthdate, once valid."""
        return {
            name: self.cleaned_data[name] for name in ("given_names", "family_name", "birthdate")
        }


class ChannelForm(GestureFieldsMixin, forms.Form):
    """An address or a mobile number, and who reads it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Comment la personne veut-elle être prévenue ?"),
        choices=_sentences(ChannelKind.choices),
        widget=CardRadioSelect(pictograms={"email": "courriel", "sms": "telephone"}),
    )
    value = forms.CharField(
        label=gettext_lazy("Adresse ou numéro"),
        help_text=gettext_lazy("Par exemple prenom.nom@exemple.fr, ou 06 12 34 56 78."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    holder = forms.ChoiceField(
        label=gettext_lazy("Qui lit ce qui y arrive ?"),
        help_text=gettext_lazy(
            "Demandez à la personne. Si c’est vous qui créez l’adresse, choisissez « un aidant »."
        ),
        choices=_sentences(Holder.choices),
        widget=CardRadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        """Say beside the field what the value lacks."""
        data = super().clean() or {}
        kind, value = data.get("kind"), data.get("value")
        if kind and value and not clean_channel_value(kind, value):
            self.add_error("value", wrong_value(kind))
        return data


class CodeForm(forms.Form):
    """The six digits the person read."""

    code = forms.CharField(
        label=gettext_lazy("Code reçu par la personne"),
        help_text=gettext_lazy("Six chiffres, que la personne vous lit."),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "size": 8}),
    )


class GestureForm(GestureFieldsMixin, forms.Form):
    """A gesture, and nothing else."""


class ConfirmForm(forms.Form):
    """One box to tick, whose sentence says what will happen."""

    confirmed = forms.BooleanField(error_messages={"required": _CONFIRM})

    def __init__(self, *args: Any, sentence: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirmed"].label = sentence


class FreezeForm(ConfirmForm):
    """Why the file is stopped."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Pourquoi ?"),
        help_text=gettext_lazy(
            "La raison reste entre aidants : elle n’est écrite ni dite nulle part ailleurs."
        ),
        choices=_sentences(FreezeReason.choices),
        widget=CardRadioSelect,
    )
    field_order = ["reason", "confirmed"]


class ProtectionForm(forms.Form):
    """What the person answered."""

    answer = forms.ChoiceField(
        label=gettext_lazy("La personne est…"),
        choices=_sentences(Protected.choices[1:]),
        widget=CardRadioSelect,
    )


class TeamAccessForm(forms.Form):
    """Who opens the file."""

    team_access = forms.TypedChoiceField(
        label=gettext_lazy("Qui peut ouvrir ce dossier ?"),
        choices=[
            ("1", gettext_lazy("Tous les aidants habilités de la structure")),
            ("0", gettext_lazy("Seulement les aidants qui suivent la personne")),
        ],
        coerce=lambda value: value == "1",
        widget=CardRadioSelect,
    )


class FollowForm(forms.Form):
    """A colleague to put in charge of the person."""

    affectation = forms.ChoiceField(label=gettext_lazy("Aidant à ajouter"))

    def __init__(self, *args: Any, colleagues: Iterable[Affectation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(a.public_id): a for a in colleagues}
        field = self.fields["affectation"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(key, a.compte.full_name) for key, a in self.colleagues.items()]

    @property
    def colleague(self) -> Affectation:
        """The one chosen, once valid."""
        return self.colleagues[self.cleaned_data["affectation"]]
