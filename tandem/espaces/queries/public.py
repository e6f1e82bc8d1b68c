"""What anyone may read."""

from django.db.models import Q, QuerySet

from tandem.structures.models import Structure


def open_structures(place: str) -> QuerySet[Structure]:
    """The open structures of a city or a postcode, for whoever looks for help."""
    found = Structure.objects.active().true().order_by("city", "name", "pk")
    place = " ".join(place.split())
    return (
        found.filter(Q(city__icontains=place) | Q(postcode__startswith=place)) if place else found
    )
