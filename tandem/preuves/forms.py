"""The code typed from a paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.mandats.queries.verification import CODE_LENGTH, clean_code
from tandem.ui.forms import CodeInput


class CodeForm(forms.Form):
    """A verification code, typed with or without its dashes."""

    code = forms.CharField(
        label=_("Code écrit sur le mandat"),
        help_text=_("28 lettres et chiffres, en sept groupes, à côté du code QR."),
        max_length=80,
        widget=CodeInput(),
        error_messages={"required": _("Tapez le code écrit sur le mandat.")},
    )

    def clean_code(self) -> str:
        """The code as it was made.

        Raises:
            ValidationError: too short or too long to be one.
        """
        code = clean_code(self.cleaned_data["code"])
        if len(code) != CODE_LENGTH:
            raise forms.ValidationError(
                _(
                    "Ce code ne semble pas complet : il faut 28 lettres et chiffres. Vérifiez chaque groupe."
                )
            )
        return code
