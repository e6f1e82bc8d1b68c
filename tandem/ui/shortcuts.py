"""Answers that every room gives in the same way."""

from collections.abc import Mapping

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

UNPROCESSABLE = 422


def render_form(
    request: HttpRequest, template: str, context: Mapping[str, object], form: BaseForm
) -> HttpResponse:
    """Show a page around a form: 422 when what was sent has an error, 200 otherwise.

    The page finds the form as `form`, and says « Erreur : » before its title when it has errors.
    """
    invalid = form.is_bound and not form.is_valid()
    return render(
        request,
        template,
        {**context, "form": form},
        status=UNPROCESSABLE if invalid else None,
    )


def data_of(request: HttpRequest) -> QueryDict | None:
    """What was sent; an empty POST is a form left empty, not a page just opened."""
    return request.POST if request.method == "POST" else None
