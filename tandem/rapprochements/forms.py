"""What is typed about two files: a gesture, or the name under which the other one stands."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.comptes.gesture_fields import GestureFieldsMixin
from tandem.kernel.text import normalise_name
from tandem.usagers.rules import SEARCH_LETTERS


class GestureForm(GestureFieldsMixin, forms.Form):
    """A gesture, and nothing else."""


class NameForm(forms.Form):
    """The name of the other file: three letters at least, never a number (S-51)."""

    q = forms.CharField(
        label=_("Nom sur l’autre dossier"),
        help_text=_("Au moins 3 lettres du nom ou du prénom"),
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}
        ),
    )

    def clean_q(self) -> str:
        """Refuse fewer than three letters."""
        q = str(self.cleaned_data["q"])
        if sum(c.isalpha() for c in normalise_name(q)) < SEARCH_LETTERS:
            raise forms.ValidationError(
                _("Tapez au moins 3 lettres du nom ou du prénom, par exemple « mar »."),
                code="short",
            )
        return q
