"""What every page of this room begins with: the door, the fetch, and the reading that is journaled (P-10, P-11)."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from tandem.courriers import queries
from tandem.usagers.access import page_about

PAGE = 25

lettre_page = page_about(queries.lettre_visible_to, lambda lettre: lettre.usager)
version_page = page_about(queries.version_visible_to, lambda version: version.lettre.usager)
courrier_page = page_about(queries.courrier_visible_to, lambda courrier: courrier.usager)


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """One page of a list."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))
