"""How forms look: one renderer for the whole house, and choices shown as cards."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import ChoiceWidget
from django.utils.translation import gettext as _


class TandemRenderer(TemplatesSetting):
    """Every `{{ form }}` of the house: error summary, then fields with label, hint and error."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
    formset_template_name = "ui/forms/formset.html"


class _Cards(ChoiceWidget):
    """Choices as cards with a pictogram and a hint.

    `pictograms` and `hints` map a choice's value to the name of a drawing and to a sentence.
    """

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
        option = super().create_option(name, value, *args, **kwargs)
        option["pictogram"] = self.pictograms.get(str(value), "")
        option["hint"] = self.hints.get(str(value), "")
        identifier = option["attrs"].get("id")
        if option["hint"] and identifier:
            option["attrs"]["aria-describedby"] = f"{identifier}_hint"
        return option


class CardRadioSelect(_Cards, forms.RadioSelect):
    """One choice among cards."""

    template_name = "ui/forms/cards.html"
    option_template_name = "ui/forms/card.html"


class CardCheckboxSelectMultiple(_Cards, forms.CheckboxSelectMultiple):
    """Any number of choices among cards."""

    template_name = "ui/forms/cards.html"
    option_template_name = "ui/forms/card.html"


class CodeInput(forms.TextInput):
    """A printed code, typed by hand: never completed, corrected or remembered by the browser."""

    def __init__(self) -> None:
        super().__init__(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        )


@dataclass(frozen=True)
class ErrorLine:
    """One line of the error summary; `target` is the identifier of the control, if any."""

    words: str
    target: str


def _focus_target(field: BoundField) -> str:
    if field.use_fieldset and len(field.subwidgets):
        first = field.subwidgets[0]
        return str(first.id_for_label or field.auto_id)
    return str(field.id_for_label or field.auto_id)


def error_lines_of(form: BaseForm) -> list[ErrorLine]:
    """Every error of a form as a sentence that can be read alone.

    « Il manque cette réponse » says nothing in a list: there, the field is named.
    """
    lines = [ErrorLine(str(error), "") for error in form.non_field_errors()]
    for field in form:
        missing = {str(e.message) for e in field.errors.as_data() if e.code == "required"}
        lines += [
            ErrorLine(
                _("Il manque une réponse : %(label)s") % {"label": field.label}
                if error in missing
                else str(error),
                _focus_target(field),
            )
            for error in field.errors
        ]
    return lines
