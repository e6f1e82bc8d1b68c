"""The pages of the stand-in administrations: log in, see who was recognised and who acts, log out."""

import logging

from simulateurs.administration.client import (
    Departure,
    Login,
    LoginError,
    authorize_url,
    log_in,
    logout_url,
)
from simulateurs.administration.config import AdministrationConfig, AdministrationService
from simulateurs.franceconnect.store import Expiring
from simulateurs.web import (
    Markup,
    Request,
    Response,
    Router,
    Running,
    fill,
    join,
    page,
    redirect,
    start,
)

logger = logging.getLogger(__name__)

COOKIE = "simulateur-administration"
LAYOUT = "administration/page.html"
SESSION_SECONDS = 1800
DEPARTURE_SECONDS = 600
_LABELS = (
    ("given_name", "Prénoms"),
    ("family_name", "Nom de naissance"),
    ("preferred_username", "Nom d’usage"),
    ("birthdate", "Date de naissance"),
    ("email", "Adresse électronique"),
)


class AdministrationSimulator:
    """The stand-in administrations: `serve(port)` listens in the background."""

    def __init__(self, config: AdministrationConfig) -> None:
        self.config = config
        self._departures: Expiring[Departure] = Expiring(DEPARTURE_SECONDS, config.now)
        # By browser and service.
        self._logins: Expiring[Login] = Expiring(SESSION_SECONDS, config.now)
        self._leaving: Expiring[str] = Expiring(DEPARTURE_SECONDS, config.now)
        self._router = Router(
            [
                ("GET", "/", self._home),
                ("GET", "/{slug}/", self._service_page),
                ("POST", "/{slug}/connexion", self._leave),
                ("GET", "/{slug}/retour", self._come_back),
                ("POST", "/{slug}/deconnexion", self._log_out),
                ("GET", "/{slug}/deconnecte", self._logged_out),
            ]
        )

    def serve(self, port: int) -> Running:
        """Listen on the loopback until `stop`.

        Raises:
            SystemExit: the mode is production.
        """
        return start(self, port=port)

    def __call__(self, request: Request) -> Response:
        try:
            return self._router(request)
        except LoginError as error:
            logger.info("login refused")
            content = fill("administration/erreur.html", why=str(error))
            return page(LAYOUT, title="Connexion refusée", content=content, status=403)
        except KeyError:
            return page(LAYOUT, title="Page inconnue", content=Markup(""), status=404)

    def _service(self, slug: str) -> AdministrationService:
        return {service.slug: service for service in self.config.services}[slug]

    def _home(self, _request: Request) -> Response:
        services = join(
            fill("administration/service.html", slug=one.slug, name=one.name, welcome=one.welcome)
            for one in self.config.services
        )
        return page(
            LAYOUT, title="Services", content=fill("administration/accueil.html", services=services)
        )

    def _service_page(self, request: Request, slug: str) -> Response:
        service = self._service(slug)
        login = self._logins.get(_key(request, slug))
        if login is None:
            content = fill("administration/connexion.html", slug=slug, welcome=service.welcome)
            return page(LAYOUT, title=service.name, content=content)
        content = fill(
            "administration/espace.html",
            slug=slug,
            name=f"{login.identity.get('given_name', '')} {_last_name(login)}",
            who=_who_acts(login),
            facts=join(_facts(login)),
        )
        return page(LAYOUT, title=service.name, content=content)

    def _leave(self, request: Request, slug: str) -> Response:
        service = self._service(slug)
        departure = Departure(slug)
        # The same browser may be logged in at several services.
        browser = self._departures.put(departure, request.cookies.get(COOKIE, ""))
        return redirect(authorize_url(self.config, service, departure)).with_cookie(COOKIE, browser)

    def _come_back(self, request: Request, slug: str) -> Response:
        service = self._service(slug)
        departure = self._departures.take(request.cookies.get(COOKIE, ""))
        if departure is None or departure.slug != slug or departure.state != request.value("state"):
            raise LoginError("Ce retour ne correspond à aucune connexion commencée ici.")
        if request.value("error"):
            raise LoginError(
                "La connexion a été abandonnée : " + request.value("error_description")
            )
        login = log_in(self.config, service, departure, request.value("code"))
        self._logins.put(login, _key(request, slug))
        logger.info("login at %s, delegated: %s", slug, bool(login.rep_scope))
        return redirect(f"/{slug}/")

    def _log_out(self, request: Request, slug: str) -> Response:
        """Our session first, then FranceConnect's by the browser, with the token received."""
        service = self._service(slug)
        login = self._logins.take(_key(request, slug))
        if login is None:
            return redirect(f"/{slug}/")
        self._leaving.put(slug, login.logout_state)
        return redirect(logout_url(self.config, service, login))

    def _logged_out(self, request: Request, slug: str) -> Response:
        service = self._service(slug)
        if self._leaving.take(request.value("state")) != slug:
            raise LoginError("Ce retour ne correspond à aucune déconnexion commencée ici.")
        content = fill("administration/deconnecte.html", slug=slug)
        return page(LAYOUT, title=f"{service.name} : déconnecté", content=content)


def _key(request: Request, slug: str) -> str:
    browser = request.cookies.get(COOKIE, "")
    return f"{browser}/{slug}"


def _last_name(login: Login) -> str:
    return str(login.identity.get("preferred_username") or login.identity.get("family_name", ""))


def _who_acts(login: Login) -> Markup:
    if not login.rep_scope:
        return fill("administration/personne.html")
    return fill("administration/aidant.html", labels=", ".join(login.rep_scope))


def _facts(login: Login) -> list[Markup]:
    return [
        fill("administration/fait.html", label=label, value=login.identity[name])
        for name, label in _LABELS
        if login.identity.get(name)
    ]
