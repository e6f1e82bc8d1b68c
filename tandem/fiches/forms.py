"""Strings of the pages of practice sheets, turned into values."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tandem.fiches.rules import PART_LENGTH, REPORT_LENGTH, HideReason, Texts, personal_contact
from tandem.ui.forms import CardRadioSelect
from tandem.ui.free_text import FreeTextField, FreeTextFormMixin


class VersionForm(FreeTextFormMixin, forms.Form):
    """What the sheet says, part by part."""

    traps = FreeTextField(
        label=gettext_lazy("Les pièges"),
        help_text=gettext_lazy("La bonne colonne, la case oubliée, le mot qui trompe."),
        max_length=PART_LENGTH,
        rows=6,
        required=False,
    )
    limits = FreeTextField(
        label=gettext_lazy("Les limites"),
        help_text=gettext_lazy("Ce que le site ne permet pas, et ce que l’on fait alors."),
        max_length=PART_LENGTH,
        rows=4,
        required=False,
    )
    correspondents = FreeTextField(
        label=gettext_lazy("Qui appeler"),
        help_text=gettext_lazy(
            "Un service, un standard, une adresse de service ; jamais le contact privé de quelqu’un."
        ),
        max_length=PART_LENGTH,
        rows=4,
        required=False,
    )
    # The version that was read while writing this one.
    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    # Sent twice, the form writes once (S-24).
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4

    def clean_correspondents(self) -> str:
        """Professional contacts only: a mobile and a private mailbox are someone's own."""
        text = str(self.cleaned_data["correspondents"])
        kind = personal_contact(text)
        if kind:
            raise forms.ValidationError(
                _(
                    "Un numéro de portable est souvent à une personne : donnez le standard du service."
                )
                if kind == "mobile"
                else _("Cette adresse semble personnelle : donnez celle du service.")
            )
        return text

    def clean(self) -> dict[str, Any]:
        """At least one part says something."""
        data = super().clean() or {}
        parts = ("traps", "limits", "correspondents")
        if not self.errors and not any(data.get(part) for part in parts):
            self.add_error("traps", _("Écrivez au moins un piège, une limite ou un correspondant."))
        return data

    @property
    def texts(self) -> Texts:
        """What the action takes."""
        data = self.cleaned_data
        return Texts(data["traps"], data["limits"], data["correspondents"])


class ChangeForm(FreeTextFormMixin, forms.Form):
    """What an aidant saw change."""

    words = FreeTextField(
        label=gettext_lazy("Qu’est-ce qui a changé ?"),
        help_text=gettext_lazy("Une phrase, et où vous l’avez vu. Ne parlez d’aucune personne."),
        max_length=REPORT_LENGTH,
        error_messages={"required": gettext_lazy("Dites ce qui a changé : une phrase suffit.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4


class HideForm(forms.Form):
    """Why a text goes."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Pourquoi masquer ce texte ?"),
        choices=[(reason.value, capfirst(reason.label)) for reason in HideReason],
        widget=CardRadioSelect,
        error_messages={"required": gettext_lazy("Choisissez une raison.")},
    )


class SearchForm(forms.Form):
    """Words of a démarche."""

    q = forms.CharField(
        label=gettext_lazy("Quelle démarche ?"),
        help_text=gettext_lazy("Par exemple : prime d’activité, passeport"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Tapez un mot de la démarche.")},
    )
