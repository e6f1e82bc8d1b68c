"""A door that the stop needs: whoever works in a structure, habilité or référent."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase

from tandem.structures.access import ActeurRequest, aidant_required, referent_required

View = Callable[..., HttpResponseBase]


def aidant_or_referent_required(view: View) -> View:
    """As `aidant_required`, open also to a référent who is not habilité."""
    for_aidants, for_referents = aidant_required(view), referent_required(view)

    @wraps(view)
    def guarded(request: ActeurRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        door = for_referents if request.acteur.may_manage else for_aidants
        return door(request, *args, **kwargs)

    guarded.access = "aidant or referent"  # type: ignore[attr-defined]  # read by the middleware and by law 4
    return guarded
