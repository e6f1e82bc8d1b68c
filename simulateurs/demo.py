"""`make demo`: starts everything, plays the main job once over HTTP, leaves the site open.

DEMO_EXIT=1: plays, prints and exits. --fresh: from an empty database.
"""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from simulateurs.administration import AdministrationConfig, AdministrationSimulator
from simulateurs.administration.config import AdministrationService
from simulateurs.browser import PageError
from simulateurs.console import Console, ConsoleConfig
from simulateurs.franceconnect import (
    FranceConnectConfig,
    FranceConnectSimulator,
    Service,
    TandemProvider,
)
from simulateurs.installation import ROOT, Installation, InstallationError
from simulateurs.play import play_main_job
from simulateurs.safety import refuse_production
from simulateurs.story import PASSWORD, Professional
from simulateurs.web import Running

FOLDER = ROOT / "var" / "demo"
CLIENT_ID = "franceconnect-demonstration"
# The true SIRET of public bodies: the checksum must hold. The structures are not real.
CCAS = ("CCAS de Valmont", "21350238800019", "1 place de la Mairie", "35000", "Rennes")
MAIRIE = ("Mairie de Saint-Aubin", "13002526500013", "20 avenue de Ségur", "75007", "Paris")


class Demonstration:
    """Tandem, its two stand-ins and the console, on this machine."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self._running: list[Running] = []

    def start(self) -> None:
        """Database, relying party, stand-ins, Tandem, worker."""
        installation = self.installation
        say("Préparation de la base…")
        installation.run("migrate")
        self._register_franceconnect()
        self._serve_stand_ins()
        say("Démarrage de Tandem…")
        installation.serve()

    def enrol_people(self) -> None:
        """Two structures and their people, each from their own invitation link."""
        state = self.installation.state
        if not state["people"]:
            say("Inscription des personnes de la démonstration (mot de passe, clé d'accès, codes)…")
            self._found(
                CCAS,
                "Béatrice Le Goff",
                "beatrice@valmont.example",
                ["Alice Lenoir", "Bob Garnier"],
            )
            self._found(
                MAIRIE, "Dominique Petit", "dominique@saint-aubin.example", ["Charlie Roux"]
            )
        people = [
            {key: data[key] for key in ("name", "role", "email", "password", "totp_secret")}
            for data in state["people"].values()
        ]
        (self.installation.folder / "people.json").write_text(
            json.dumps(people, ensure_ascii=False)
        )

    def professional(self, name: str) -> Professional:
        """One of the people enrolled."""
        return Professional.load(
            self.installation.state["people"][name], self.installation.url("tandem")
        )

    def remember(self, person: Professional) -> None:
        """Write who this person is, for the next runs."""
        self.installation.state["people"][person.name] = person.dump()
        self.installation.save()

    def stop(self) -> None:
        """Stop everything."""
        for running in self._running:
            running.stop()
        self.installation.stop()

    def _found(self, where: tuple[str, ...], referent: str, email: str, aidants: list[str]) -> None:
        name, siret, address, postcode, city = where
        domain = email.split("@")[1]
        people = {referent: email}
        people |= {one: f"{one.split()[0].lower()}@{domain}" for one in aidants}
        words = [
            "--name",
            name,
            "--siret",
            siret,
            "--address",
            address,
            "--postcode",
            postcode,
            "--city",
            city,
        ]
        words += ["--phone", "02 99 00 12 34", "--referent-email", f"{referent} <{email}>"]
        for one in aidants:
            words += ["--aidant-email", f"{one} <{people[one]}>"]
        printed = self.installation.run("structure", "add", *words)
        for line in printed.splitlines():
            for one, address_of in people.items():
                if line.startswith(one) and "http" in line:
                    role = f"{'référente' if one == referent else 'aidant·e'}, {name}"
                    person = Professional(one, address_of, role, self.installation.url("tandem"))
                    person.enrol("http" + line.split("http", 1)[1].strip())
                    person.browser.close()
                    self.remember(person)

    def _register_franceconnect(self) -> None:
        installation = self.installation
        if "relying_party" in installation.state:
            return
        config = self._franceconnect_config("", ())
        number = str(int(time.time()))
        client_id = f"{CLIENT_ID}-{number}"
        printed = installation.run(
            "relying-party", "add", client_id,
            "--nom", "FranceConnect (simulateur)",
            "--redirect-uri", config.callback_url,
            "--post-logout-uri", config.logout_callback_url,
            "--suite-origine", installation.url("administration"),
            "--userinfo-alg", "ES256",
            "--accepte-act",
        )  # fmt: skip
        secret = printed.strip().splitlines()[-1].strip()
        installation.state["relying_party"] = {"client_id": client_id, "client_secret": secret}
        installation.save()

    def _franceconnect_config(
        self, secret: str, services: tuple[Service, ...]
    ) -> FranceConnectConfig:
        installation = self.installation
        party = installation.state.get("relying_party", {"client_id": "", "client_secret": secret})
        return FranceConnectConfig(
            base_url=installation.url("franceconnect"),
            back_url=installation.back_url("franceconnect"),
            services=services,
            tandem=TandemProvider(
                issuer=installation.url("tandem"),
                back_url=installation.back_url("tandem"),
                client_id=party["client_id"],
                client_secret=party["client_secret"],
            ),
        )

    def _serve_stand_ins(self) -> None:
        installation = self.installation
        site = installation.url("tandem")
        administration = AdministrationConfig(
            base_url=installation.url("administration"),
            services=demo_services(),
            fc_issuer=f"{installation.url('franceconnect')}/api/v2",
            fc_back_issuer=f"{installation.back_url('franceconnect')}/api/v2",
        )
        tandem = Service(
            client_id="tandem-demonstration",
            client_secret=installation.state["secrets"]["TANDEM_FC_CLIENT_SECRET"],
            name="Tandem",
            redirect_uris=(f"{site}/mandats/franceconnect/retour/",),
            post_logout_uris=(f"{site}/mandats/franceconnect/deconnecte/",),
            offers_tandem=False,
        )
        services = (tandem, *administration.registrations())
        ports = installation.state["ports"]
        console = ConsoleConfig(
            installation.folder / "people.json", installation.folder / "messages", site
        )
        self._running = [
            FranceConnectSimulator(self._franceconnect_config("", services)).serve(
                ports["franceconnect"]
            ),
            AdministrationSimulator(administration).serve(ports["administration"]),
            Console(console).serve(ports["console"]),
        ]


def demo_services() -> tuple[AdministrationService, ...]:
    """The sites of the demonstration."""
    from simulateurs.administration.config import default_services

    return default_services()


def say(text: str = "") -> None:
    """One line, at once."""
    print(text, flush=True)


def show_the_way(installation: Installation) -> None:
    """Where to go, and how to log in."""
    say()
    say("La démonstration est ouverte :")
    say(f"  Tandem                 {installation.url('tandem')}/")
    say(f"  CAF fictive            {installation.url('administration')}/")
    say(f"  Codes, courriels, SMS  {installation.url('console')}/")
    say()
    say(f"Mot de passe de toutes les personnes : {PASSWORD}")
    for data in installation.state["people"].values():
        say(f"  {data['email']:<32} {data['name']}, {data['role']}")
    say("Le code à six chiffres demandé ensuite est sur la page des codes.")


def main() -> None:
    """Play, then leave open until Ctrl-C."""
    refuse = os.environ.setdefault("TANDEM_MODE", "demo")
    refuse_production()
    del refuse
    folder = Path(os.environ.get("DEMO_FOLDER", str(FOLDER)))
    demonstration = Demonstration(Installation(folder))
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    status = 0
    try:
        demonstration.installation.open(fresh="--fresh" in sys.argv)
        demonstration.start()
        demonstration.enrol_people()
        play_main_job(demonstration, say)
        show_the_way(demonstration.installation)
        if os.environ.get("DEMO_EXIT") != "1":
            say("Ctrl-C arrête tout.")
            stopped.wait()
    except (InstallationError, PageError) as error:
        say(f"La démonstration s'arrête : {error}")
        status = 1
    finally:
        demonstration.stop()
    raise SystemExit(status)


if __name__ == "__main__":
    main()
