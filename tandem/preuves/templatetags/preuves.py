"""`{% load preuves %}`: a seal in groups that an eye can follow."""

from django import template

from tandem.impression import rules

register = template.Library()


@register.filter
def grouped(code: str) -> str:
    """« 01234567 89abcdef … »."""
    return rules.grouped(code)
