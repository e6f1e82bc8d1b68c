"""Strings of the pages of dates, turned into values."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from tandem.echeances.rules import MISSED_MAX, TITLE_MAX, TYPED
from tandem.ui.forms import CardRadioSelect
from tandem.ui.free_text import FreeTextField, FreeTextFormMixin


class EcheanceForm(FreeTextFormMixin, forms.Form):
    """A date noted by hand."""

    kind = forms.ChoiceField(
        label=gettext_lazy("De quoi s’agit-il ?"),
        choices=[(kind.value, capfirst(kind.label)) for kind in TYPED],
        widget=CardRadioSelect,
    )
    title = FreeTextField(
        label=gettext_lazy("En quelques mots"),
        help_text=gettext_lazy("Par exemple : envoyer le certificat médical."),
        max_length=TITLE_MAX,
        one_line=True,
    )
    due_on = forms.DateField(
        label=gettext_lazy("Dernier jour utile"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    missed = FreeTextField(
        label=gettext_lazy("Que se passe-t-il si ce jour est passé ?"),
        help_text=gettext_lazy("Dans des mots simples : la personne peut les lire."),
        max_length=MISSED_MAX,
        rows=3,
        required=False,
    )
    # The same form sent twice notes one date (S-24).
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid4())


class ChangeForm(EcheanceForm):
    """The same, once it is noted: its kind stays."""

    kind = None  # type: ignore[assignment]  # how Django removes a field
    key = None  # type: ignore[assignment]  # same

    def __init__(self, *args: Any, typed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not typed:
            # The catalogue says it: only the day may be another.
            del self.fields["title"], self.fields["missed"]
