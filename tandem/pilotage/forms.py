"""Which period to show."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.ui.rules import month_words


class PeriodForm(forms.Form):
    """A year, and one of its months or all of it."""

    periode = forms.ChoiceField(label=_("Période"))

    def __init__(self, *args: Any, years: dict[int, list[date]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, str]] = []
        for year, months in years.items():
            if len(months) == 12:
                choices.append((str(year), _("Toute l’année %(year)s") % {"year": year}))
            choices += [(f"{month:%Y-%m}", month_words(month)) for month in reversed(months)]
        self.latest = next((value for value, _label in choices), "")
        field = self.fields["periode"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def chosen(self) -> tuple[int, date | None] | None:
        """The year and the month (None: all of it) to show; None when nothing was counted yet."""
        value = (self.cleaned_data.get("periode") if self.is_valid() else "") or self.latest
        if not value:
            return None
        year, _dash, month = str(value).partition("-")
        return int(year), date(int(year), int(month), 1) if month else None


class ExportForm(forms.Form):
    """The year to export."""

    annee = forms.IntegerField(min_value=2000, max_value=2999)
