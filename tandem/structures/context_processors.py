"""What every page knows of who is acting."""

from django.http import HttpRequest

from tandem.structures.models import ANONYMOUS


def acteur(request: HttpRequest) -> dict[str, object]:
    """`acteur`; anonymous when the request never reached the middleware."""
    return {"acteur": getattr(request, "acteur", ANONYMOUS)}
