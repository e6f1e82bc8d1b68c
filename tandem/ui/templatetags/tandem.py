"""`{% load tandem %}`: dates in words, drawings, links to rooms."""

from collections.abc import Sequence
from datetime import date, datetime

from django import template
from django.forms import BaseForm
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tandem.kernel import clock
from tandem.ui import icons, rules
from tandem.ui.forms import ErrorLine, error_lines_of

register = template.Library()


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def _time(machine: str, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, words)


@register.filter
def date_fr(value: date | datetime | None, style: str = "") -> str:
    """« 12 mars 2027 »; `date_fr:"heure"` adds « à 14 h 05 »."""
    if value is None:
        return ""
    local = _local(value)
    if isinstance(local, datetime):
        return rules.moment_words(local) if style == "heure" else rules.date_words(local.date())
    return rules.date_words(local)


@register.filter
def month_fr(value: date) -> str:
    """« mars 2027 »."""
    return rules.month_words(value)


@register.simple_tag
def time_tag(value: date | datetime | None, style: str = "") -> SafeString | str:
    """The date in words inside `<time>`."""
    if value is None:
        return ""
    local = _local(value)
    if isinstance(local, datetime) and style == "heure":
        return _time(local.isoformat(timespec="minutes"), rules.moment_words(local))
    day = local.date() if isinstance(local, datetime) else local
    return _time(day.isoformat(), rules.date_words(day))


@register.simple_tag(takes_context=True)
def until(context: Context, end: date | datetime | None) -> SafeString | str:
    """« jusqu'au 12 mars 2027 (dans 3 mois) », counted from `at` of the page.

    A page without `at` reads the clock here: it is the door of what is only shown.
    """
    if end is None:
        return ""
    at: datetime = context.get("at") or clock.now()
    today = timezone.localtime(at).date()
    local = _local(end)
    day = rules.last_day(local) if isinstance(local, datetime) else local
    return format_html(
        "{} {} ({})",
        _("jusqu’au"),
        _time(day.isoformat(), rules.date_words(day)),
        rules.span_words(today, day),
    )


@register.simple_tag
def icon(name: str, title: str = "") -> SafeString:
    """A drawing of ours inside the page; with `title` it is read aloud, without it is silent."""
    kind, size = ("picto", 48) if name in icons.PICTOGRAMS else ("icon", 24)
    # Drawings are our own files: nothing in them comes from a person.
    drawing = mark_safe(icons.drawing(name))  # noqa: S308
    if title:
        return format_html(
            '<svg class="{}" viewBox="0 0 {} {}" role="img"><title>{}</title>{}</svg>',
            kind,
            size,
            size,
            title,
            drawing,
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>', kind, size, size, drawing
    )


@register.filter
def beside(cells: Sequence[object], labels: Sequence[str]) -> list[tuple[str, object]]:
    """Each cell of a row with the name of its column."""
    return list(zip(labels, cells, strict=True))


@register.filter
def error_lines(form: BaseForm) -> list[ErrorLine]:
    """What the error summary says, in the order of the fields."""
    return error_lines_of(form)
