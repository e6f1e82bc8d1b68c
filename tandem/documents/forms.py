"""The act that a paper of the day names."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.documents.queries import Act
from tandem.kernel.text import clean_line
from tandem.ui.free_text import FreeTextField, FreeTextFormMixin


class PaperForm(FreeTextFormMixin, forms.Form):
    """One act of the line, and what makes it precise."""

    detail = FreeTextField(
        label=_("Ce qui est fait exactement"),
        help_text=_(
            "Par exemple : déclarer les revenus de 2025 et valider. Ni mot de passe, ni numéro de compte."
        ),
        max_length=300,
        one_line=True,
        error_messages={
            "required": _("Écrivez ce qui est fait exactement : la personne signe pour cela.")
        },
    )

    def __init__(self, *args: Any, acts: Sequence[Act], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acts = {act.key: act for act in acts}
        self.fields["act"] = forms.ChoiceField(
            label=_("Quelle démarche, aujourd’hui ?"),
            choices=[(act.key, act.name) for act in acts],
            initial=acts[0].key if len(acts) == 1 else None,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choisissez une démarche.")},
        )
        self.order_fields(["act", "detail"])

    def clean_detail(self) -> str:
        return clean_line(self.cleaned_data["detail"])

    @property
    def chosen(self) -> Act:
        """The act chosen."""
        return self.acts[self.cleaned_data["act"]]
