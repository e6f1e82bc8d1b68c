"""The two fields of a gesture, for any form of any room above."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.comptes.rules import GestureResponse
from tandem.kernel.refusals import Refusal


class _Apart(forms.CharField):
    """A field that `{{ form }}` leaves out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.template_name = "comptes/_rien.html"


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

    geste_code = _Apart(
        label=_("Code de votre application, ou code de secours"),
        help_text=_(
            "Les six chiffres que l’application montre en ce moment. Chaque code ne sert qu’une fois."
        ),
        required=False,
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "size": 20,
            }
        ),
    )
    geste_credential = _Apart(required=False, max_length=8_000, widget=_CredentialInput)

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
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict, or a dict
        for name in ("geste_code", "geste_credential"):
            data[self.add_prefix(name)] = ""
        self.data = data
