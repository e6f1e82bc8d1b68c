"""Forms around a signed mandat."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.mandats.queries.verification import CODE_LENGTH, clean_code
from tandem.mandats.rules import AccountMeans
from tandem.referentiels.queries import ScopeDescription
from tandem.ui.forms import CodeInput
from tandem.ui.free_text import FreeTextField, FreeTextFormMixin


class SearchForm(forms.Form):
    """Mandats of the people whose name holds what is typed."""

    q = forms.CharField(
        label=_("Nom de la personne"),
        help_text=_("Au moins 3 lettres"),
        min_length=3,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class StopCodeForm(forms.Form):
    """The code at the foot of the paper."""

    code = forms.CharField(
        label=_("Le code imprimé au bas de la feuille"),
        help_text=_("28 lettres et chiffres, avec ou sans tirets."),
        max_length=60,
        widget=CodeInput(),
    )

    def clean_code(self) -> str:
        """The code as it was made."""
        code = clean_code(self.cleaned_data["code"])
        if len(code) != CODE_LENGTH:
            raise forms.ValidationError(
                _("Ce code ne semble pas complet : il faut 28 lettres et chiffres.")
            )
        return code


class RenounceForm(forms.Form):
    """What was begun and cannot wait (P-18)."""

    pending = forms.MultipleChoiceField(
        label=_("Une démarche commencée ne peut-elle pas attendre ?"),
        help_text=_("Vous devez la terminer, ou dire à la personne qui peut le faire."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, lines: Sequence[ScopeDescription]) -> None:
        super().__init__(data)
        self.fields["pending"].choices = [(line.scope, line.title) for line in lines]  # type: ignore[attr-defined]  # a choice field


class AccountForm(FreeTextFormMixin, forms.Form):
    """What was done in the person's absence, and how they learned it (P-05)."""

    text = FreeTextField(
        label=_("Ce qui a été fait"),
        help_text=_("En mots simples : la personne le lit, ou vous le lui lisez."),
        max_length=2_000,
        rows=6,
    )
    means = forms.ChoiceField(
        label=_("Comment la personne l’a-t-elle appris ?"),
        choices=AccountMeans.choices,
        widget=forms.RadioSelect,
    )


class PaperForm(forms.Form):
    """The signed paper of the day is in the aidant's hands (P-06)."""

    signed = forms.BooleanField(
        label=_(
            "La personne a signé devant moi le papier daté d’aujourd’hui, et je le garde au dossier"
        )
    )


class CodeForm(forms.Form):
    """The code the person received."""

    code = forms.CharField(
        label=_("Le code que la personne vous lit"),
        help_text=_("Six chiffres, reçus à l’instant."),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "size": 8}
        ),
    )
