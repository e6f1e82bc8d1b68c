from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tandem.journal.models import Entry
from tandem.mandats import actions
from tandem.mandats.models import Confirmation, Mandat, Usage
from tandem.mandats.tests.cast import ClientOf
from tandem.mandats.tests.factories import ANDREI, line_of, signed_mandat, usager_of
from tandem.oidc_client.rules import PivotIdentity
from tandem.structures.models import Acteur, Affectation
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.usagers.models import Suivi, Usager
from tandem.usagers.tests.factories import ChannelFactory

LIST = reverse("mandats:list")


@pytest.fixture
def mandat(acteur: Acteur, rose: Usager, at: datetime) -> Any:
    return signed_mandat(
        acteur,
        rose,
        ["theme:logement", "theme:argent"],
        duree="an",
        ways=("presence", "absence"),
        at=at,
    )


def people(acteur: Acteur, count: int, at: datetime) -> None:
    for number in range(count):
        identity = PivotIdentity(
            given_names="Personne", family_name=f"Numero{chr(97 + number // 26)}{chr(97 + number % 26)}",
            birthdate="1970-01-01", gender="female", birthplace="35238", birthcountry="99100",
        )  # fmt: skip
        person = usager_of(acteur, at=at, identity=identity, sub=f"{number:066d}")
        signed_mandat(acteur, person, at=at)


pytestmark = pytest.mark.usefixtures("clock")


class TestTheList:
    def test_sorts_what_is_alive_what_ends_soon_and_what_is_ended(
        self, desk: Client, acteur: Acteur, rose: Usager, mandat: Mandat, at: datetime
    ) -> Any:
        short = signed_mandat(acteur, rose, ["theme:social"], duree="jour", at=at)
        stopped = signed_mandat(acteur, rose, ["theme:loisirs"], at=at)
        actions.revoke_mandat(acteur=acteur, mandat=stopped, at=at)

        def shown(word: str) -> Any:
            html = desk.get(LIST, {"liste": word}).content.decode()
            return [str(m.public_id) in html for m in (mandat, short, stopped)]

        assert shown("en-cours") == [True, True, False]
        assert shown("bientot") == [False, True, False]
        assert shown("termines") == [False, False, True]
        assert shown("unknown") == [True, True, False]

    def test_finds_by_name_in_the_body_of_the_request_only(
        self, desk: Client, acteur: Acteur, rose: Usager, mandat: Mandat, at: datetime
    ) -> None:
        his = signed_mandat(acteur, usager_of(acteur, at=at, identity=ANDREI, sub="b" * 66), at=at)

        html = desk.post(LIST, {"q": "lefev"}).content.decode()

        assert str(mandat.public_id) in html
        assert str(his.public_id) not in html
        assert desk.post(LIST, {"q": "le"}).status_code == 422
        assert str(mandat.public_id) in desk.get(LIST, {"q": "popescu"}).content.decode()

    def test_runs_the_same_few_queries_for_one_row_and_for_fifty(
        self, desk: Client, acteur: Acteur, rose: Usager, mandat: Mandat, at: datetime
    ) -> None:
        """Law 12."""
        desk.get(LIST)
        with CaptureQueriesContext(connection) as one:
            desk.get(LIST)
        people(acteur, 30, at)
        with CaptureQueriesContext(connection) as many:
            html = desk.get(LIST).content.decode()

        assert len(many) == len(one) <= 10
        assert html.count('class="card"') == 25
        assert "Page suivante" in html

    def test_shows_nothing_of_another_structure(
        self, mandat: Mandat, charlie: Affectation, client_of: ClientOf
    ) -> None:
        """P-10."""
        html = client_of(charlie).get(LIST).content.decode()

        assert str(mandat.public_id) not in html
        assert "Lefèvre" not in html

    def test_shows_nobody_while_a_person_looks_at_the_screen(
        self, desk: Client, mandat: Mandat
    ) -> None:
        """P-28."""
        session = desk.session
        session[PERSON_PRESENT_SESSION_KEY] = "1"
        session.save()

        for html in (
            desk.get(LIST).content.decode(),
            desk.post(LIST, {"q": "lefevre"}).content.decode(),
        ):
            assert "Lefèvre" not in html
            assert str(mandat.public_id) not in html


class TestThePageOfAMandat:
    def test_says_what_is_allowed_and_journals_its_reading(
        self, desk: Client, mandat: Mandat
    ) -> None:
        """P-11: one line per successful reading."""
        html = desk.get(mandat.get_absolute_url()).content.decode()

        assert "Rose Lefèvre" in html
        assert mandat.seal in html
        assert Entry.objects.filter(event="usagers.read").count() == 1

    def test_says_suspended_while_the_person_is_frozen(
        self, desk: Client, rose: Usager, mandat: Mandat
    ) -> None:
        """P-36."""
        Usager.objects.filter(pk=rose.pk).update(
            frozen_at=mandat.signed_at, freeze_reason="dispute"
        )

        assert "Suspendu" in desk.get(mandat.get_absolute_url()).content.decode()
        assert "Suspendu" in desk.get(LIST).content.decode()

    def test_lists_every_use_with_the_service_as_declared(
        self, desk: Client, acteur: Acteur, mandat: Mandat, at: datetime
    ) -> None:
        actions.record_use(
            acteur=acteur, autorisation=line_of(mandat, "theme:logement"), presence="absence",
            absence_reason="deadline", service_declared="CAF de Rennes", relying_party="fc",
            transaction=uuid4(), confirmation=None, at=at,
        )  # fmt: skip

        html = desk.get(mandat.get_absolute_url()).content.decode()

        assert "CAF de Rennes" in html
        assert "en l’absence de la personne" in html
        assert "Rendre compte" in html

    def test_is_unknown_to_strangers_and_to_colleagues_who_do_not_follow(
        self,
        desk: Client,
        mandat: Mandat,
        rose: Usager,
        bob: Affectation,
        charlie: Affectation,
        client_of: ClientOf,
    ) -> None:
        """P-10: 404, and nothing is journaled as a reading."""
        Usager.objects.filter(pk=rose.pk).update(team_access=False)
        Suivi.objects.filter(affectation=bob).delete()

        pages = ["detail", "signed", "stop", "renounce"]
        for someone in (bob, charlie):
            stranger = client_of(someone)
            for page in pages:
                assert (
                    stranger.get(reverse(f"mandats:{page}", args=[mandat.public_id])).status_code
                    == 404
                )
            for page in ("mandats:stop", "mandats:renounce", "mandats:finish", "signature:renew"):
                assert stranger.post(reverse(page, args=[mandat.public_id])).status_code == 404
        assert not Entry.objects.filter(event="usagers.read").exists()

    def test_after_the_signature_says_what_comes_next(
        self, desk: Client, rose: Usager, mandat: Mandat
    ) -> None:
        ChannelFactory.create(usager=rose, sms=True, unproven=True)

        html = desk.get(reverse("mandats:signed", args=[mandat.public_id])).content.decode()

        assert "Imprimer la feuille de la personne" in html
        assert "Vérifier son moyen de contact" in html

    def test_needs_a_session(self, client: Client, mandat: Mandat) -> None:
        assert client.get(mandat.get_absolute_url()).status_code == 302
        assert client.get(LIST).status_code == 302


class TestConfirming:
    def address(self, mandat: Mandat, page: str = "confirm") -> Any:
        return reverse(f"mandats:{page}", args=[line_of(mandat, "theme:argent").public_id])

    def test_on_paper_is_noted_once_said_signed(self, desk: Client, mandat: Mandat) -> None:
        """P-06."""
        assert desk.get(self.address(mandat)).status_code == 200
        assert desk.post(self.address(mandat), {}).status_code == 422

        desk.post(self.address(mandat), {"signed": "on"})

        assert Confirmation.objects.get().kind == "paper"
        assert "déjà confirmé" in desk.get(self.address(mandat)).content.decode()

    def test_comes_back_to_where_one_was_and_nowhere_else(
        self, desk: Client, mandat: Mandat
    ) -> None:
        for asked, where in [
            ("/oidc/connexion/1/", "/oidc/connexion/1/"),
            ("https://evil.example/", mandat.get_absolute_url()),
            ("//evil.example/", mandat.get_absolute_url()),
            ("/\\evil.example/", mandat.get_absolute_url()),
        ]:
            response = desk.post(self.address(mandat), {"signed": "on", "suite": asked})
            assert response["Location"] == where

    def test_by_code_is_read_by_the_person(
        self, desk: Client, rose: Usager, mandat: Mandat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tandem.usagers.actions.codes.secrets.randbelow", lambda _n: 123456)
        ChannelFactory.create(usager=rose, sms=True)
        assert "Envoyer le code" in desk.get(self.address(mandat)).content.decode()

        sent = desk.post(self.address(mandat, "send_code"), {"suite": "/accueil/"})
        assert sent["Location"] == f"{self.address(mandat, 'confirm_code')}?suite=%2Faccueil%2F"
        assert desk.get(sent["Location"]).status_code == 200
        assert (
            desk.post(self.address(mandat, "confirm_code"), {"code": "654321"}).status_code == 422
        )
        done = desk.post(
            self.address(mandat, "confirm_code"), {"code": "123456", "suite": "/accueil/"}
        )

        assert done["Location"] == "/accueil/"
        assert Confirmation.objects.get().kind == "code"

    def test_of_strangers_is_unknown(
        self, mandat: Mandat, charlie: Affectation, client_of: ClientOf
    ) -> None:
        stranger = client_of(charlie)

        for page in ("confirm", "confirm_code"):
            assert stranger.get(self.address(mandat, page)).status_code == 404
        assert stranger.post(self.address(mandat, "send_code")).status_code == 404


class TestTheAccount:
    @pytest.fixture
    def usage(self, acteur: Acteur, mandat: Mandat, at: datetime) -> Any:
        return actions.record_use(
            acteur=acteur, autorisation=line_of(mandat, "theme:logement"), presence="absence",
            absence_reason="deadline", service_declared="", relying_party="fc", transaction=uuid4(),
            confirmation=None, at=at,
        )  # fmt: skip

    def test_is_rendered_from_its_page(
        self,
        desk: Client,
        usage: Usage,
        clock: time_machine.Traveller,
        at: datetime,
        alice: Affectation,
        client_of: ClientOf,
    ) -> None:
        """P-05."""
        address = reverse("mandats:account", args=[usage.public_id])
        assert desk.get(address).status_code == 200
        assert desk.post(address, {"text": "", "means": "paper"}).status_code == 422
        clock.move_to(at + timedelta(hours=25))
        late = client_of(alice)
        assert "24 heures" in late.get(address).content.decode()

        late.post(address, {"text": "Dossier envoyé.", "means": "telephone"})

        assert Usage.objects.get().account_text == "Dossier envoyé."
        assert late.get(address).status_code == 302

    def test_is_unknown_to_strangers(
        self, usage: Usage, charlie: Affectation, client_of: ClientOf
    ) -> None:
        address = reverse("mandats:account", args=[usage.public_id])

        assert client_of(charlie).get(address).status_code == 404
