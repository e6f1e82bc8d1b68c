"""Strings of the pages about accounts, turned into values."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tandem.acces.rules import Keyboard, Outcome, Road
from tandem.comptes.gesture_fields import GestureFieldsMixin
from tandem.referentiels.accounts import AccountStep
from tandem.referentiels.queries import account_services
from tandem.ui.forms import CardCheckboxSelectMultiple, CardRadioSelect
from tandem.usagers.rules import ChannelKind, clean_channel_value, wrong_value


def _sentences(choices: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(value, capfirst(label)) for value, label in choices]


class OpenForm(forms.Form):
    """Which account, and what for."""

    service = forms.ChoiceField(label=_("Quel compte ?"), widget=CardRadioSelect)
    road = forms.ChoiceField(
        label=_("Que fait-on ?"), choices=_sentences(Road.choices), widget=CardRadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["service"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(service.key, service.name) for service in account_services()]


class StepsForm(forms.Form):
    """The steps that are behind."""

    done = forms.TypedMultipleChoiceField(
        label=_("Ce qui est fait"), required=False, coerce=int, widget=CardCheckboxSelectMultiple
    )

    def __init__(self, *args: Any, steps: tuple[AccountStep, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["done"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = [(str(number), step.title) for number, step in enumerate(steps)]


class EndForm(forms.Form):
    """How it ended."""

    outcome = forms.ChoiceField(
        label=_("Où en est-on ?"), choices=_sentences(Outcome.choices), widget=CardRadioSelect
    )
    keyboard = forms.ChoiceField(
        label=_("Qui tenait le clavier ?"),
        choices=_sentences(Keyboard.choices),
        widget=CardRadioSelect,
    )


class NewChannelForm(GestureFieldsMixin, forms.Form):
    """The address or the number opened at the desk."""

    kind = forms.ChoiceField(
        label=_("Qu’a-t-on ouvert ?"),
        choices=[
            (ChannelKind.EMAIL, _("Une adresse de courriel")),
            (ChannelKind.SMS, _("Un numéro de téléphone")),
        ],
        widget=CardRadioSelect(pictograms={"email": "courriel", "sms": "telephone"}),
    )
    value = forms.CharField(
        label=_("Adresse ou numéro"),
        help_text=_("Jamais le mot de passe : la personne l’écrit elle-même sur son feuillet."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Say beside the field what the value lacks."""
        data = super().clean() or {}
        kind, value = data.get("kind"), data.get("value")
        if kind and value and not clean_channel_value(kind, value):
            self.add_error("value", wrong_value(kind))
        return data
