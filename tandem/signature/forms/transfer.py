"""The paper of a mandat given to another structure."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.mandats.queries.verification import CODE_LENGTH, clean_code
from tandem.ui.forms import CodeInput


class TransferForm(forms.Form):
    """The code at the foot of the paper that the person brings."""

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
