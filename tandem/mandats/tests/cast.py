"""How the fixtures of the cast are called."""

from collections.abc import Callable

from django.test import Client

from tandem.structures.models import Acteur, Affectation

ActeurOf = Callable[[Affectation], Acteur]
ClientOf = Callable[[Affectation], Client]
