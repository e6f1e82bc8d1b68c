"""Words typed on the pages that weave rooms."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.comptes.gesture_fields import GestureFieldsMixin
from tandem.kernel.text import normalise_name

LETTERS = 3


class SearchForm(forms.Form):
    """A name to look for: three letters at least, never a number (S-51)."""

    q = forms.CharField(
        label=_("Nom de la personne"),
        help_text=_("Au moins 3 lettres du nom ou du prénom"),
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}
        ),
    )

    def clean_q(self) -> str:
        """Refuse fewer than three letters."""
        q = str(self.cleaned_data["q"])
        if sum(c.isalpha() for c in normalise_name(q)) < LETTERS:
            raise forms.ValidationError(
                _("Tapez au moins 3 lettres du nom ou du prénom, par exemple « mar »."),
                code="short",
            )
        return q


class PresenceForm(forms.Form):
    """Whether a person is beside the aidant, and who."""

    present = forms.TypedChoiceField(
        choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1"
    )
    usager = forms.UUIDField(required=False)
    next = forms.CharField(required=False, max_length=200)


class BlankForm(forms.Form):
    """The page that was hidden."""

    next = forms.CharField(required=False, max_length=200)


class ResumeForm(GestureFieldsMixin):
    """The gesture that gives the screen back; nothing else is asked."""


class PlaceForm(forms.Form):
    """Where one lives, to find a structure nearby."""

    lieu = forms.CharField(
        label=_("Votre ville ou votre code postal"),
        help_text=_("Par exemple : 35000 ou Rennes"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
