"""`{% load accompagnements %}`: what a form needs when another room shows it."""

from uuid import uuid4

from django import template

register = template.Library()


@register.simple_tag
def form_key() -> str:
    """The key of one form shown once: sent twice, it creates one thing (S-24)."""
    return str(uuid4())
