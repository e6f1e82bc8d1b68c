"""`{% load espaces %}`: how a person's values are read aloud."""

from django import template

from tandem.usagers.models import Channel
from tandem.usagers.rules import ChannelKind, birthdate_words, phone_words

register = template.Library()


@register.filter
def birth(birthdate: str) -> str:
    """« 12 mars 1955 »; « 1955 » when only the year is known."""
    return birthdate_words(birthdate)


@register.filter
def channel_words(channel: Channel) -> str:
    """A number as a person reads it, or an address."""
    return phone_words(channel.value) if channel.kind == ChannelKind.SMS else str(channel.value)
