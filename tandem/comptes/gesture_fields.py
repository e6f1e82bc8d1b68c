"""The two fields of a gesture, for any form of any room above."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.comptes.rules import GestureResponse


class GestureFieldsMixin(forms.Form):
    """Adds geste_code (typed) and geste_credential (filled by comptes/geste.js).

    Show them with {% include "comptes/geste.html" with form=form act=act only %}.
    """

    geste_code = forms.CharField(
        label=_("Code de l’application ou code de secours"),
        required=False,
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"}
        ),
    )
    geste_credential = forms.CharField(
        required=False, max_length=8_000, widget=forms.HiddenInput
    )

    @property
    def gesture_response(self) -> GestureResponse:
        """What was brought; empty when the person gave nothing."""
        return GestureResponse(
            code=self.cleaned_data.get("geste_code", ""),
            credential=self.cleaned_data.get("geste_credential", ""),
        )
