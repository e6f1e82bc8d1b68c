"""The pages of the stand-in: choosing a provider, identifying, going on to the service, logging out."""

import logging
import secrets
from urllib.parse import urlsplit

from simulateurs.franceconnect import tandem_side
from simulateurs.franceconnect.checks import (
    FranceConnectError,
    ServiceError,
    check_authorize,
    check_rep_scope,
)
from simulateurs.franceconnect.config import SESSION_SECONDS, FranceConnectConfig
from simulateurs.franceconnect.service_side import ServiceSide
from simulateurs.franceconnect.store import (
    INTERACTION_SECONDS,
    Code,
    Expiring,
    Identified,
    Interaction,
    Logout,
)
from simulateurs.franceconnect.tokens import Signer
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

COOKIE = "simulateur-franceconnect"
LAYOUT = "franceconnect/page.html"


class FranceConnectSimulator:
    """The stand-in FranceConnect: `serve(port)` listens in the background."""

    def __init__(self, config: FranceConnectConfig) -> None:
        self.config = config
        self.signer = Signer()
        self.service_side = ServiceSide(config, self.signer)
        self._sessions: Expiring[Identified] = Expiring(SESSION_SECONDS, config.now)
        self._interactions: Expiring[Interaction] = Expiring(INTERACTION_SECONDS, config.now)
        self._to_tandem: Expiring[str] = Expiring(INTERACTION_SECONDS, config.now)
        self._logouts: Expiring[Logout] = Expiring(INTERACTION_SECONDS, config.now)
        api, one = "/api/v2", "/api/v2/interaction/{uid}"
        self._router = Router(
            [
                ("GET", f"{api}/.well-known/openid-configuration", self.service_side.discovery),
                ("GET", f"{api}/jwks", self.service_side.jwks),
                ("POST", f"{api}/token", self.service_side.token),
                ("GET", f"{api}/userinfo", self.service_side.userinfo),
                ("GET", f"{api}/authorize", self._authorize),
                ("POST", f"{api}/authorize", self._authorize),
                ("GET", one, self._choose),
                ("GET", f"{one}/demonstration", self._demonstration),
                ("POST", f"{one}/demonstration", self._identify_here),
                ("POST", f"{one}/tandem", self._leave_for_tandem),
                ("GET", f"{api}/oidc-callback", self._back_from_tandem),
                ("GET", f"{one}/confirmation", self._confirm),
                ("POST", f"{one}/confirmation", self._go_on),
                ("POST", f"{one}/abandon", self._give_up),
                ("GET", f"{api}/session/end", self._end_session),
                ("GET", f"{api}/client/logout-callback", self._back_from_logout),
                ("GET", "/", self._home),
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
        except ServiceError as error:
            return redirect(error.redirect_uri, error.params)
        except FranceConnectError as error:
            logger.info("error page %s", error.code)
            content = fill("franceconnect/erreur.html", code=error.code, why=error.why)
            return page(LAYOUT, title="Erreur", content=content, status=error.status)

    # From a service

    def _authorize(self, request: Request) -> Response:
        asked = check_authorize(
            self.config, request.form if request.method == "POST" else request.query
        )
        # The same for every tab of this browser.
        session = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
        known = self._sessions.get(session)
        uid = self._interactions.put(Interaction(asked, session))
        # Single sign-on: whoever identified in this browser less than thirty minutes ago answers again (FS-12).
        step = "/confirmation" if known else ""
        return redirect(f"{self.config.issuer}/interaction/{uid}{step}").with_cookie(
            COOKIE, session
        )

    def _interaction(self, request: Request, uid: str) -> Interaction:
        found = self._interactions.get(uid)
        if found is None or request.cookies.get(COOKIE) != found.session:
            raise FranceConnectError(
                "Y150001", "Session introuvable : recommencez depuis le service.", 403
            )
        return found

    def _choose(self, request: Request, uid: str) -> Response:
        interaction = self._interaction(request, uid)
        service = interaction.request.service
        offered = self.config.tandem is not None and service.offers_tandem
        tandem = fill("franceconnect/choix_tandem.html", uid=uid) if offered else Markup("")
        content = fill("franceconnect/choix.html", uid=uid, service=service.name, tandem=tandem)
        return page(LAYOUT, title="Choisir un compte", content=content)

    # The demonstration's own provider

    def _demonstration(self, request: Request, uid: str) -> Response:
        interaction = self._interaction(request, uid)
        people = join(
            fill(
                "franceconnect/personne.html",
                key=person.key,
                name=person.full_name,
                birth=person.birthdate,
                email=person.email or "sans adresse électronique",
            )
            for person in self.config.people
            if not person.deceased
        )
        service = interaction.request.service.name
        content = fill("franceconnect/demonstration.html", uid=uid, people=people, service=service)
        return page(LAYOUT, title="Identifiants de démonstration", content=content)

    def _identify_here(self, request: Request, uid: str) -> Response:
        interaction = self._interaction(request, uid)
        chosen = request.value("person")
        person = next((p for p in self.config.people if p.key == chosen and not p.deceased), None)
        if person is None:
            raise FranceConnectError(
                "Y010008", "Cette personne n’existe pas dans la démonstration.", 403
            )
        who = Identified(
            person=person,
            email=person.email,
            preferred_username=person.preferred_username,
            birthdate=person.birthdate,
            provider="demonstration",
        )
        return self._remember(interaction, uid, who)

    # Tandem

    def _leave_for_tandem(self, request: Request, uid: str) -> Response:
        interaction = self._interaction(request, uid)
        if self.config.tandem is None or not interaction.request.service.offers_tandem:
            raise FranceConnectError("Y020019", "Ce fournisseur d’identité n’est pas proposé.", 403)
        self._to_tandem.put(uid, interaction.state)
        return redirect(tandem_side.authorize_url(self.config, self.config.tandem, interaction))

    def _back_from_tandem(self, request: Request) -> Response:
        """The state is checked before anything else, an error included (FI-17)."""
        state, tandem = request.value("state"), self.config.tandem
        if not state or tandem is None:
            raise FranceConnectError("Y020021", "Retour sans state.")
        uid = self._to_tandem.get(state)
        if uid is None or self._interactions.get(uid) is None:
            raise FranceConnectError("Y020022", "State inconnu.", 403)
        interaction = self._interaction(request, uid)
        self._to_tandem.take(state)
        # openid-client compares it when it is there (FI-20).
        if request.value("iss") not in {"", tandem.issuer}:
            raise FranceConnectError("Y020026", "Retour d’un autre fournisseur.", 403)
        if request.value("error"):
            # FranceConnect lets the person choose again.
            return redirect(f"{self.config.issuer}/interaction/{uid}")
        if not request.value("code"):
            raise FranceConnectError("Y020025", "Retour sans code.")
        who = tandem_side.identify(self.config, tandem, interaction, request.value("code"))
        return self._remember(interaction, uid, who)

    # Back to the service

    def _remember(self, interaction: Interaction, uid: str, who: Identified) -> Response:
        check_rep_scope_of(interaction, who)
        self._sessions.put(who, interaction.session)
        logger.info("identified by %s", who.provider)
        return redirect(f"{self.config.issuer}/interaction/{uid}/confirmation")

    def _identified(self, interaction: Interaction) -> Identified:
        who = self._sessions.get(interaction.session)
        if who is None:
            raise FranceConnectError(
                "Y150001", "Session introuvable : recommencez depuis le service.", 403
            )
        check_rep_scope_of(interaction, who)
        return who

    def _confirm(self, request: Request, uid: str) -> Response:
        interaction = self._interaction(request, uid)
        who = self._identified(interaction)
        content = fill(
            "franceconnect/confirmation.html",
            uid=uid,
            name=" ".join(who.person.given_names) + " " + who.person.family_name,
            service=interaction.request.service.name,
            how="un aidant, par Tandem" if who.provider == "tandem" else "la personne elle-même",
        )
        return page(LAYOUT, title="Continuer vers le service", content=content)

    def _go_on(self, request: Request, uid: str) -> Response:
        interaction = self._interaction(request, uid)
        who = self._identified(interaction)
        if self._interactions.take(uid) is None:
            raise FranceConnectError(
                "Y150001", "Session introuvable : recommencez depuis le service.", 403
            )
        code = self.service_side.codes.put(Code(interaction.request, who))
        asked = interaction.request
        return redirect(
            asked.redirect_uri, {"code": code, "state": asked.state, "iss": self.config.issuer}
        )

    def _give_up(self, request: Request, uid: str) -> Response:
        asked = self._interaction(request, uid).request
        self._interactions.take(uid)
        raise ServiceError(asked.redirect_uri, asked.state, "access_denied", "User auth aborted")

    # The way out

    def _end_session(self, request: Request) -> Response:
        """Close our session, then Tandem's, then go back to the service with its state (FS-10)."""
        hint = request.value("id_token_hint")
        if not hint or not self.signer.is_ours(hint):
            raise FranceConnectError("Y030007", "id_token_hint absent ou inconnu.")
        target = request.value("post_logout_redirect_uri")
        known = {uri for service in self.config.services for uri in service.post_logout_uris}
        if target and target not in known:
            raise FranceConnectError("Y030007", "post_logout_redirect_uri inconnue.")
        if target and request.value("state"):
            target = redirect(target, {"state": request.value("state")}).headers[0][1]
        session = request.cookies.get(COOKIE, "")
        who = self._sessions.take(session)
        if who is not None and who.provider_id_token and self.config.tandem is not None:
            state = self._logouts.put(Logout(session, target))
            return redirect(
                tandem_side.logout_url(
                    self.config, self.config.tandem, who.provider_id_token, state
                )
            )
        return self._logged_out(target)

    def _back_from_logout(self, request: Request) -> Response:
        logout = self._logouts.take(request.value("state"))
        if logout is None or request.cookies.get(COOKIE, "") != logout.session:
            raise FranceConnectError("Y020022", "State inconnu.", 403)
        return self._logged_out(logout.target)

    def _logged_out(self, target: str) -> Response:
        if target:
            return redirect(target)
        content = fill("franceconnect/deconnecte.html")
        return page(LAYOUT, title="Déconnecté", content=content)

    def _home(self, _request: Request) -> Response:
        host = urlsplit(self.config.base_url).netloc
        return page(LAYOUT, title="Accueil", content=fill("franceconnect/accueil.html", host=host))


def check_rep_scope_of(interaction: Interaction, who: Identified) -> None:
    """Delegated use is limited to the périmètres of the service, single sign-on included (FI-04)."""
    if who.provider == "tandem":
        check_rep_scope(interaction.request.service, who.rep_scope)
