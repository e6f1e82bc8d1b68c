"""Who comes, in a sandbox (A-14)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.ui.forms import CardRadioSelect
from tandem.usagers.fictitious import PEOPLE


class FictitiousForm(forms.Form):
    """One of the three fictitious people."""

    personne = forms.ChoiceField(
        label=_("Qui est devant vous ?"),
        widget=CardRadioSelect,
        error_messages={"required": _("Choisissez une des trois personnes fictives.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["personne"].choices = [  # type: ignore[attr-defined]  # a choice field
            (one.key, f"{one.name}. {one.comes_for}") for one in PEOPLE
        ]
