"""Strings of the pages of the road of paper, turned into values."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tandem.comptes.gesture_fields import GestureFieldsMixin
from tandem.fichiers.fields import CheckedFileField
from tandem.mandats.models import Autorisation
from tandem.mandats.rules import AbsenceReason, Hand, Keeper, Presence, UseWay
from tandem.papier.actions.sheets import Noted
from tandem.papier.rules import typed_mark, typed_refusal_code
from tandem.ui.forms import CardRadioSelect, CodeInput
from tandem.ui.free_text import FreeTextField, FreeTextFormMixin


def _sentences(choices: Any) -> list[tuple[str, Any]]:
    return [(value, capfirst(label)) for value, label in choices]


class SheetForm(GestureFieldsMixin, forms.Form):
    """What is read on the sheet once signed."""

    absent = forms.TypedChoiceField(
        label=_("Où la personne a-t-elle signé ?"),
        choices=[
            ("0", _("Devant moi")),
            (
                "1",
                _(
                    "Ailleurs : quelqu’un a apporté la feuille. Un collègue confirmera, ou vous un jour après."
                ),
            ),
        ],
        coerce=lambda value: value == "1",
        widget=CardRadioSelect,
    )
    hand = forms.ChoiceField(
        label=_("Comment a-t-elle signé ?"),
        choices=_sentences(Hand.choices),
        widget=CardRadioSelect,
    )
    witness = forms.CharField(
        label=_("Nom du témoin"),
        help_text=_("Obligatoire pour une marque. Ce n’est pas l’aidant."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    witness_quality = forms.CharField(
        label=_("Qui est ce témoin ?"),
        help_text=_("Par exemple : sa voisine, un agent de la mairie, son interprète."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    signed_on = forms.DateField(
        label=_("Date écrite sur la feuille"),
        help_text=_("Par exemple 12/03/2027."),
        input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        widget=forms.DateInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "size": 12}, format="%d/%m/%Y"
        ),
    )
    kept_by = forms.ChoiceField(
        label=_("Qui garde l’original ?"),
        choices=_sentences(Keeper.choices),
        widget=CardRadioSelect,
    )
    mark = forms.CharField(
        label=_("Repère imprimé en bas de la feuille"),
        help_text=_("Huit lettres et chiffres. Ils montrent que c’est bien cette feuille."),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "size": 12,
            }
        ),
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"signed_on": today})

    def clean_mark(self) -> str:
        """As it is printed."""
        found = typed_mark(self.cleaned_data["mark"])
        if not found:
            raise forms.ValidationError(
                _(
                    "Ce repère ne semble pas complet : il a huit lettres et chiffres, comme HK4Q-9WRD."
                )
            )
        return found

    def clean(self) -> dict[str, Any]:
        """Say beside the field what is missing of the witness."""
        data = super().clean() or {}
        marked = data.get("hand") == Hand.MARK
        for name, other in (("witness", "witness_quality"), ("witness_quality", "witness")):
            if not data.get(name) and (marked or data.get(other)):
                self.add_error(name, _("Écrivez le nom du témoin, et qui il est."))
        return data

    @property
    def noted(self) -> Noted:
        """What was read, once valid."""
        names = Noted.__dataclass_fields__
        return Noted(**{name: self.cleaned_data[name] for name in names})


class DecideForm(GestureFieldsMixin, forms.Form):
    """A second aidant has the sheet in their hands, and answers for it too."""

    seen = forms.BooleanField(
        label=_(
            "J’ai la feuille signée devant moi, et j’ai parlé à la personne : elle est d’accord"
        ),
        error_messages={"required": _("Cochez la case : vous en répondez aussi.")},
    )


class RefusalForm(forms.Form):
    """The code that the person received."""

    code = forms.CharField(
        label=_("Code reçu dans le message"),
        help_text=_("Douze lettres et chiffres, comme HK4Q-9WRD-3XYA."),
        max_length=40,
        widget=CodeInput(),
        error_messages={"required": _("Tapez le code écrit dans le message.")},
    )

    def clean_code(self) -> str:
        """As it was sent."""
        found = typed_refusal_code(self.cleaned_data["code"])
        if not found:
            raise forms.ValidationError(
                _("Ce code ne semble pas complet : il a douze lettres et chiffres.")
            )
        return found


class ScanForm(forms.Form):
    """The copy of an original."""

    scan = CheckedFileField(label=_("La feuille signée, scannée ou en photo"))


class ElsewhereForm(FreeTextFormMixin, forms.Form):
    """One act done elsewhere than through FranceConnect."""

    way = forms.ChoiceField(
        label=_("Comment agissez-vous ?"),
        choices=_sentences(UseWay.choices),
        widget=CardRadioSelect,
    )
    service_declared = FreeTextField(
        label=_("Auprès de qui ?"),
        help_text=_("Par exemple : centre des impôts de Rennes, banque, fournisseur d’énergie."),
        max_length=200,
        one_line=True,
    )
    presence = forms.ChoiceField(label=_("La personne est-elle là ?"), widget=CardRadioSelect)
    absence_reason = forms.ChoiceField(
        label=_("Si elle n’est pas là : pourquoi agir sans elle ?"),
        choices=[("", _("Elle est là, ou au téléphone")), *AbsenceReason.choices],
        required=False,
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, line: Autorisation) -> None:
        super().__init__(data, initial={"key": uuid4()})
        allowed = [way for way in Presence.choices if way[0] in line.presence_allowed]
        self.fields["presence"].choices = _sentences(allowed)  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """Say beside the field that a reason is missing, or is too much (P-05)."""
        data = super().clean() or {}
        away = data.get("presence") == Presence.ABSENCE
        if away and not data.get("absence_reason"):
            self.add_error("absence_reason", _("Dites pourquoi vous agissez sans la personne."))
        elif data.get("presence") and not away:
            data["absence_reason"] = ""
        return data
