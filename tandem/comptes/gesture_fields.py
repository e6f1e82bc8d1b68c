"""The two fields of a gesture, for any form of any room above."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.comptes.rules import GestureResponse
from tandem.kernel.refusals import Refusal

_NOTHING = "comptes/_rien.html"


class _CredentialInput(forms.TextInput):
    """Not seen, and yet not among the hidden fields: the partial alone shows it."""

    input_type = "hidden"

    @property
    def is_hidden(self) -> bool:
        return False


class GestureFieldsMixin(forms.Form):
    """Adds geste_code (typed) and geste_credential (filled by comptes/geste.js).

    `{{ form }}` leaves them out: show them where the person confirms, inside the <form>, with
    {% include "comptes/geste.html" with form=form act=act %}.
    """

    geste_code = forms.CharField(
        label=_("Code de votre application, ou code de secours"),
        help_text=_(
            "Les six chiffres que l’application montre en ce moment. Chaque code ne sert qu’une fois."
        ),
        required=False,
        max_length=40,
        template_name=_NOTHING,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "size": 20,
            }
        ),
    )
    geste_credential = forms.CharField(
        required=False, max_length=8_000, template_name=_NOTHING, widget=_CredentialInput
    )

    @property
    def gesture_response(self) -> GestureResponse:
        """What was brought; empty when the person gave nothing."""
        return GestureResponse(
            code=self.cleaned_data.get("geste_code", ""),
            credential=self.cleaned_data.get("geste_credential", ""),
        )

    def refuse_gesture(self, refusal: Refusal) -> None:
        """Show the refusal beside the field; everything else that was typed stays."""
        self.add_error("geste_code", refusal.message)
        # A code or an answer serves once: sending it again would only fail again.
        self.data = self.data.copy()
        for name in ("geste_code", "geste_credential"):
            self.data[self.add_prefix(name)] = ""
