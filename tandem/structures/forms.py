"""Strings of the pages of structures, turned into values."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tandem.referentiels.models import Theme
from tandem.structures.models import Affectation
from tandem.structures.rules import Invited, Role
from tandem.ui.forms import CardCheckboxSelectMultiple, CardRadioSelect


class SwitchForm(forms.Form):
    """Which structure to work for now."""

    affectation = forms.ChoiceField(label=gettext_lazy("Pour quelle structure travaillez-vous ?"))
    suite = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, affectations: Sequence[Affectation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {str(a.public_id): a.structure.name for a in affectations}
        roles = {str(a.public_id): capfirst(a.get_role_display()) for a in affectations}
        field = self.fields["affectation"]
        field.widget = CardRadioSelect(choices=list(names.items()), hints=roles)
        if isinstance(field, forms.ChoiceField):
            field.choices = list(names.items())


class CharteForm(forms.Form):
    """Accept the charte, by one's own name."""

    accepted = forms.BooleanField()
    version = forms.CharField(max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, name: str, structure: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["accepted"]
        field.label = _(
            "Je m’appelle %(name)s, j’ai lu cette charte, et je m’y engage pour %(structure)s."
        ) % {
            "name": name,
            "structure": structure,
        }
        field.error_messages["required"] = _("Cochez la case pour accepter la charte à votre nom.")


class InviteForm(forms.Form):
    """Someone to be invited in the structure."""

    given_name = forms.CharField(label=gettext_lazy("Prénom"), max_length=100)
    family_name = forms.CharField(label=gettext_lazy("Nom"), max_length=100)
    email = forms.EmailField(
        label=gettext_lazy("Adresse électronique de travail"),
        help_text=gettext_lazy("Un lien pour ouvrir son compte y est envoyé."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Son rôle"),
        choices=[(role.value, capfirst(role.label)) for role in Role],
        initial=Role.AIDANT.value,
        widget=CardRadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = self.fields["role"].widget
        if isinstance(widget, CardRadioSelect):
            widget.hints = {
                Role.AIDANT.value: _("Aide des personnes, une fois habilité."),
                Role.REFERENT.value: _("Gère aussi les personnes de la structure."),
            }

    def invited(self) -> Invited:
        """The values, once valid."""
        data = self.cleaned_data
        return Invited(data["email"], data["given_name"], data["family_name"], Role(data["role"]))


class ThemesForm(forms.Form):
    """The thèmes to keep to."""

    themes = forms.MultipleChoiceField(
        label=gettext_lazy("Thèmes permis"),
        help_text=gettext_lazy(
            "Un thème décoché ne sert plus tout de suite, même dans les mandats déjà signés."
        ),
        error_messages={
            "required": gettext_lazy(
                "Gardez au moins un thème. Pour tout arrêter, arrêtez l’affectation."
            )
        },
    )

    def __init__(self, *args: Any, themes: Iterable[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = list(themes)
        choices = [(theme.key, theme.title) for theme in known]
        field = self.fields["themes"]
        field.widget = CardCheckboxSelectMultiple(
            choices=choices, pictograms={theme.key: theme.pictogram for theme in known}
        )
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = choices


class EndForm(forms.Form):
    """Confirm that someone stops working for the structure."""

    confirmed = forms.BooleanField(
        label=gettext_lazy("Oui, cette personne ne travaille plus pour la structure."),
        error_messages={"required": gettext_lazy("Cochez la case pour confirmer.")},
    )
