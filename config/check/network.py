"""Whom Tandem speaks to: the mail server, its own public address, FranceConnect."""

import http.client
import smtplib
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from config.check.findings import Finding, error, good, warning
from tandem.envois.backends import DjangoEmail, UnknownProvider, email_backend
from tandem.kernel.http import HttpClient, OutboundError

SECONDS = 5
SKEW = timedelta(seconds=30)
CERTIFICATE_DAYS = 14
_YEAR = 31_536_000


def email(_at: datetime) -> Iterator[Finding]:
    """The mail server answers, speaks TLS and knows us; nothing is sent."""
    try:
        backend = email_backend()
    except UnknownProvider:
        yield error(
            "courriel", "TANDEM_EMAIL_URL n'est pas une adresse connue (smtp:// ou smtps://)."
        )
        return
    if not isinstance(backend, DjangoEmail):
        yield warning(
            "courriel", "Les messages sont écrits dans un dossier : personne ne les reçoit."
        )
        return
    connection = backend.connection
    if not getattr(connection, "use_tls", True) and not getattr(connection, "use_ssl", True):
        yield warning(
            "courriel",
            "Le serveur de courriel est appelé sans TLS : ajoutez « ?tls=1 » ou prenez smtps://.",
        )
    try:
        connection.open()
        connection.close()
    except smtplib.SMTPAuthenticationError:
        yield error("courriel", "Le serveur de courriel refuse l'identifiant ou le mot de passe.")
    except (smtplib.SMTPException, OSError) as failure:
        yield error("courriel", f"Le serveur de courriel ne répond pas ({type(failure).__name__}).")
    else:
        yield good("courriel", "Le serveur répond.")


def site(at: datetime) -> Iterator[Finding]:
    """The public address answers in TLS through the proxy, which passes on what it must."""
    address = urlsplit(settings.TANDEM_SITE_URL)
    if address.scheme != "https":
        yield warning("site", "L'adresse publique n'est pas en https.")
        return
    asked = http.client.HTTPSConnection(
        address.hostname or "", address.port or 443, timeout=SECONDS, context=tls()
    )
    try:
        asked.connect()
        certificate: Any = asked.sock.getpeercert()
        asked.request("GET", "/sante", headers={"Accept": "application/json"})
        answer = asked.getresponse()
        answer.read()
    except ssl.SSLCertVerificationError as failure:
        yield error("TLS", f"Le certificat du site n'est pas valable : {failure.verify_message}.")
        return
    except (OSError, http.client.HTTPException) as failure:
        yield error("site", f"{settings.TANDEM_SITE_URL} ne répond pas ({type(failure).__name__}).")
        return
    finally:
        asked.close()
    yield from _certificate(certificate, at)
    yield from _answer(answer)


def franceconnect(at: datetime) -> Iterator[Finding]:
    """FranceConnect answers, is the one we name, and tells our time."""
    own = settings.TANDEM_FRANCECONNECT
    url = own["discovery_url"] or f"{own['issuer']}/.well-known/openid-configuration"
    try:
        answer = HttpClient(hosts=[urlsplit(url).hostname or ""]).get(url)
        issuer = answer.json().get("issuer") if answer.status == http.client.OK else None
    except (OutboundError, AttributeError):
        issuer = None
    if issuer is None:
        yield error("FranceConnect", "Il ne répond pas : les mandats par FranceConnect attendent.")
        return
    if issuer != own["issuer"]:
        yield error(
            "FranceConnect", "TANDEM_FC_ISSUER n'est pas l'émetteur que FranceConnect annonce."
        )
        return
    there = answer.headers.get("date")
    if there and abs(parsedate_to_datetime(there) - at) > SKEW:
        yield error(
            "horloge",
            "FranceConnect et cette machine ne donnent pas la même heure : ses jetons seraient refusés.",
        )
    else:
        yield good("FranceConnect", "Il répond.")


def tls() -> ssl.SSLContext:
    """The authorities of this machine."""
    return ssl.create_default_context()


def _certificate(certificate: Any, at: datetime) -> Iterator[Finding]:
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    days = (ends - at).days
    if days < CERTIFICATE_DAYS:
        yield error(
            "TLS", f"Le certificat du site finit dans {days} jours, et rien ne l'a renouvelé."
        )
    else:
        yield good("TLS", f"Le certificat du site est valable {days} jours.")


def _answer(answer: http.client.HTTPResponse) -> Iterator[Finding]:
    if answer.status in {301, 302, 307, 308}:
        yield error(
            "proxy",
            "Le site se redirige vers lui-même : le proxy ne transmet pas X-Forwarded-Proto, ou "
            "TANDEM_TRUSTED_PROXIES vaut 0.",
        )
        return
    if answer.status == http.client.BAD_REQUEST:
        yield error(
            "proxy",
            "Le site refuse son propre nom : le proxy ne transmet pas Host, ou TANDEM_ALLOWED_HOSTS l'oublie.",
        )
        return
    if answer.status != http.client.OK:
        yield error("site", f"/sante répond {answer.status}.")
        return
    policy = answer.headers.get("Strict-Transport-Security", "")
    age = policy.partition("max-age=")[2].partition(";")[0]
    if not age.isdigit() or int(age) < _YEAR:
        yield error(
            "TLS", "Strict-Transport-Security manque ou dure moins d'un an : le proxy l'a changé."
        )
    else:
        yield good("site", "Il répond, en TLS, par son proxy.")
