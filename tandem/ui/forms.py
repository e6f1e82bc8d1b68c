"""How forms look: one renderer for the whole house, and choices shown as cards."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting


class TandemRenderer(TemplatesSetting):
    """Every `{{ form }}` of the house: error summary, then fields with label, hint and error."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
    formset_template_name = "ui/forms/formset.html"


class _Cards:
    """Choices as cards with a pictogram and a hint.

    `pictograms` and `hints` map a choice's value to the name of a drawing and to a sentence.
    """

    template_name = "ui/forms/cards.html"
    option_template_name = "ui/forms/card.html"

    def __init__(
        self,
        *args: Any,
        pictograms: dict[str, str] | None = None,
        hints: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.pictograms = pictograms or {}
        self.hints = hints or {}
        super().__init__(*args, **kwargs)

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]  # of the widget mixed in
        option["pictogram"] = self.pictograms.get(str(value), "")
        option["hint"] = self.hints.get(str(value), "")
        identifier = option["attrs"].get("id")
        if option["hint"] and identifier:
            option["attrs"]["aria-describedby"] = f"{identifier}_hint"
        return option


class CardRadioSelect(_Cards, forms.RadioSelect):
    """One choice among cards."""


class CardCheckboxSelectMultiple(_Cards, forms.CheckboxSelectMultiple):
    """Any number of choices among cards."""
