"""Pages that say what happened and what to do; those of 500 and 503 touch no database."""

import errno
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tandem.kernel.refusals import Refusal
from tandem.ui.context_processors import this_site

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
AWAY = _(
    "Tandem n’arrive plus à lire ou à écrire ses données. Ce que vous veniez d’envoyer n’est peut-être pas enregistré."
)
RETRY_AFTER_SECONDS = {429: 60, 503: 30}


@dataclass(frozen=True)
class ErrorWords:
    """What an error page says: the title, what happened, what to do now."""

    title: str | Promise
    happened: str | Promise
    advice: str | Promise


WORDS = {
    400: ErrorWords(
        _("Cette demande est incomplète"),
        _("Tandem n’a pas compris ce que le navigateur a envoyé. Rien n’a été enregistré."),
        _("Revenez à la page précédente, rechargez-la, puis recommencez."),
    ),
    403: ErrorWords(
        _("Cette page ne vous est pas ouverte"),
        _("Votre compte, ou votre structure actuelle, ne donne pas accès à cette page."),
        _("Vérifiez votre structure en haut de la page. Si besoin, demandez à votre référent."),
    ),
    404: ErrorWords(
        _("Cette page n’existe pas"),
        _("L’adresse est fausse, ou la page n’existe plus, ou elle n’est pas à votre structure."),
        _("Vérifiez l’adresse, ou repartez de l’accueil."),
    ),
    405: ErrorWords(
        _("Cette page s’ouvre autrement"),
        _("Cette adresse sert à envoyer un formulaire. Rien n’a été enregistré."),
        _("Repartez de l’accueil."),
    ),
    409: ErrorWords(
        _("Ce n’est pas possible maintenant"),
        _("La situation a changé, ou une condition manque. Rien n’a été enregistré."),
        _("Revenez à la page précédente et rechargez-la pour voir la situation actuelle."),
    ),
    422: ErrorWords(
        _("Il manque une information"),
        _("Ce qui a été envoyé ne peut pas être enregistré ainsi."),
        _("Revenez à la page précédente : vos réponses y sont encore."),
    ),
    429: ErrorWords(
        _("Trop d’essais en peu de temps"),
        _("Pour protéger les personnes, Tandem limite le nombre d’essais."),
        _("Attendez une minute, puis recommencez."),
    ),
    500: ErrorWords(
        _("Tandem a rencontré une panne"),
        _("Ce n’est pas votre faute. Ce que vous veniez d’envoyer n’est peut-être pas enregistré."),
        _("Vérifiez la situation avant de recommencer. Si la panne revient, appelez-nous."),
    ),
    503: ErrorWords(
        _("Tandem est arrêté un court moment"),
        _("Le service, ou un service dont il dépend, ne répond pas. Vos brouillons sont gardés."),
        _("Réessayez dans une minute."),
    ),
}


def error_page(
    request: HttpRequest | None, *, status: int, happened: str | Promise = "", code: str = ""
) -> HttpResponse:
    """The page of a status; `happened` replaces the general sentence with an exact one.

    Without a request, or before the acteur is known, the page is built from settings alone:
    it needs neither the database nor the session.
    """
    words = WORDS.get(status, WORDS[400 if status < 500 else 500])
    context: dict[str, object] = {
        "status": status,
        "words": words,
        "happened": happened or words.happened,
        "refusal_code": code,
        "site": this_site(),
    }
    known = request if request is not None and hasattr(request, "acteur") else None
    html = render_to_string("ui/errors/error.html", context, request=known)
    response = HttpResponse(html, status=status)
    if status in RETRY_AFTER_SECONDS:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS[status])
    return response


def is_away(error: BaseException | None) -> bool:
    """Whether what failed is the database or the disk, gone, full or held: it may come back (R-06, R-07, R-08)."""
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    return isinstance(error, OperationalError | InterfaceError)


def refusal_page(request: HttpRequest | None, refusal: Refusal) -> HttpResponse:
    """A refusal as a page: its sentence, its status."""
    known = request if refusal.status < 500 else None
    return error_page(known, status=refusal.status, happened=refusal.message, code=refusal.code)
