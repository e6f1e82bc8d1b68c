"""Values in words, for templates."""

from django import template

from tandem.declarations.rules import Group, Value, origin_words, value_words

register = template.Library()


@register.simple_tag
def said(value: Value, group: Group) -> str:
    """« 412,50 € »."""
    return value_words(value, group.line.kind)


@register.simple_tag
def origin(value: Value) -> str:
    """« lu sur un document : fiche de paie de mai »."""
    return origin_words(value)
