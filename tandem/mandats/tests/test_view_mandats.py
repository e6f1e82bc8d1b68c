from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tandem.journal.models import Entry
from tandem.mandats import actions
from tandem.mandats.models import Confirmation, Usage
from tandem.mandats.rules import EndKind
from tandem.mandats.tests.factories import ANDREI, line_of, signed_mandat, usager_of
from tandem.oidc_client.rules import PivotIdentity
from tandem.structures.models import Affectation
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.usagers.models import Suivi, Usager
from tandem.usagers.tests.factories import ChannelFactory

LIST = reverse("mandats:list")


@pytest.fixture(autouse=True)
def clock(at):
    with time_machine.travel(at, tick=False) as clock:
        yield clock


@pytest.fixture
def desk(alice, acteur, client_of):
    return client_of(alice)


@pytest.fixture
def mandat(acteur, rose, at):
    return signed_mandat(
        acteur,
        rose,
        ["theme:logement", "theme:argent"],
        duree="an",
        ways=("presence", "absence"),
        at=at,
    )


def people(acteur, count, at):
    for number in range(count):
        identity = PivotIdentity(
            given_names="Personne", family_name=f"Numero{chr(97 + number // 26)}{chr(97 + number % 26)}",
            birthdate="1970-01-01", gender="female", birthplace="35238", birthcountry="99100",
        )  # fmt: skip
        person = usager_of(acteur, at=at, identity=identity, sub=f"{number:066d}")
        signed_mandat(acteur, person, at=at)


class TestTheList:
    def test_sorts_what_is_alive_what_ends_soon_and_what_is_ended(
        self, desk, acteur, rose, mandat, at
    ):
        short = signed_mandat(acteur, rose, ["theme:social"], duree="jour", at=at)
        stopped = signed_mandat(acteur, rose, ["theme:loisirs"], at=at)
        actions.revoke_mandat(acteur=acteur, mandat=stopped, at=at)

        def shown(word):
            html = desk.get(LIST, {"liste": word}).content.decode()
            return [str(m.public_id) in html for m in (mandat, short, stopped)]

        assert shown("en-cours") == [True, True, False]
        assert shown("bientot") == [False, True, False]
        assert shown("termines") == [False, False, True]
        assert shown("unknown") == [True, True, False]

    def test_finds_by_name_in_the_body_of_the_request_only(self, desk, acteur, rose, mandat, at):
        his = signed_mandat(acteur, usager_of(acteur, at=at, identity=ANDREI, sub="b" * 66), at=at)

        html = desk.post(LIST, {"q": "lefev"}).content.decode()

        assert str(mandat.public_id) in html
        assert str(his.public_id) not in html
        assert desk.post(LIST, {"q": "le"}).status_code == 422
        assert str(mandat.public_id) in desk.get(LIST, {"q": "popescu"}).content.decode()

    def test_runs_the_same_few_queries_for_one_row_and_for_fifty(
        self, desk, acteur, rose, mandat, at
    ):
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

    def test_shows_nothing_of_another_structure(self, mandat, charlie, client_of):
        """P-10."""
        html = client_of(charlie).get(LIST).content.decode()

        assert str(mandat.public_id) not in html
        assert "Lefèvre" not in html

    def test_shows_nobody_while_a_person_looks_at_the_screen(self, desk, mandat):
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
    def test_says_what_is_allowed_and_journals_its_reading(self, desk, mandat):
        """P-11: one line per successful reading."""
        html = desk.get(mandat.get_absolute_url()).content.decode()

        assert "Rose Lefèvre" in html
        assert mandat.seal in html
        assert Entry.objects.filter(event="usagers.read").count() == 1

    def test_lists_every_use_with_the_service_as_declared(self, desk, acteur, mandat, at):
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
        self, desk, mandat, rose, bob, charlie, client_of
    ):
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
            for page in ("stop", "renounce", "finish", "renew"):
                assert (
                    stranger.post(reverse(f"mandats:{page}", args=[mandat.public_id])).status_code
                    == 404
                )
        assert not Entry.objects.filter(event="usagers.read").exists()

    def test_after_the_signature_says_what_comes_next(self, desk, rose, mandat):
        ChannelFactory.create(usager=rose, sms=True, unproven=True)

        html = desk.get(reverse("mandats:signed", args=[mandat.public_id])).content.decode()

        assert "Imprimez la fiche" in html
        assert "Vérifier son moyen de contact" in html

    def test_needs_a_session(self, client, mandat):
        assert client.get(mandat.get_absolute_url()).status_code == 302
        assert client.get(LIST).status_code == 302


class TestStopping:
    def test_a_mandat_says_what_will_happen_then_does_it(self, desk, mandat, at):
        """P-38."""
        address = reverse("mandats:stop", args=[mandat.public_id])
        assert "immédiat" in desk.get(address).content.decode()
        mandat.refresh_from_db()
        assert mandat.ended_at is None

        html = desk.post(address, follow=True).content.decode()

        mandat.refresh_from_db()
        assert mandat.end_kind == EndKind.REVOKED
        assert "plus personne ne peut agir pour Rose Lefèvre" in html

    def test_one_line(self, desk, mandat):
        line = line_of(mandat, "theme:argent")
        address = reverse("mandats:stop_line", args=[line.public_id])
        assert desk.get(address).status_code == 200

        desk.post(address)

        assert line_of(mandat, "theme:argent").end_kind == EndKind.REVOKED
        assert line_of(mandat, "theme:logement").ended_at is None

    def test_everything_of_a_person(self, desk, rose, mandat):
        address = reverse("mandats:stop_all", args=[rose.public_id])
        assert "Rose" in desk.get(address).content.decode()

        desk.post(address)

        mandat.refresh_from_db()
        assert mandat.end_kind == EndKind.REVOKED
        assert "déjà arrêté" in desk.get(address).content.decode()

    def test_of_someone_elses_person_is_unknown(self, mandat, rose, charlie, client_of):
        stranger = client_of(charlie)
        line = line_of(mandat, "theme:argent")

        for address in (
            reverse("mandats:stop_all", args=[rose.public_id]),
            reverse("mandats:stop_line", args=[line.public_id]),
        ):
            assert stranger.get(address).status_code == 404
            assert stranger.post(address).status_code == 404

    def test_by_the_paper_in_another_structure_shows_no_name(self, mandat, charlie, client_of):
        elsewhere = client_of(charlie)
        address = reverse("mandats:stop_by_code")
        assert elsewhere.get(address).status_code == 200

        html = elsewhere.post(address, {"code": mandat.verification_code}).content.decode()

        mandat.refresh_from_db()
        assert mandat.end_kind == EndKind.REVOKED
        assert mandat.structure.name in html
        assert "Lefèvre" not in html

    def test_by_the_paper_is_open_to_a_referent_who_is_not_habilite(self, mandat, bea, client_of):
        Affectation.objects.filter(pk=bea.pk).update(habilite_at=None)

        response = client_of(bea).post(
            reverse("mandats:stop_by_code"), {"code": mandat.verification_code}
        )

        mandat.refresh_from_db()
        assert response.status_code == 200
        assert mandat.end_kind == EndKind.REVOKED

    def test_by_the_paper_refuses_wrong_codes_and_too_many_tries(self, desk, mandat):
        """S-41."""
        address = reverse("mandats:stop_by_code")

        assert "28 lettres" in desk.post(address, {"code": "ABC"}).content.decode()
        for _try in range(10):
            assert "Aucun mandat" in desk.post(address, {"code": "A" * 28}).content.decode()
        assert "Trop d’essais" in desk.post(address, {"code": "A" * 28}).content.decode()

    def test_by_the_paper_needs_a_session(self, client):
        assert client.get(reverse("mandats:stop_by_code")).status_code == 302

    def test_renouncing_lists_what_cannot_wait(self, desk, mandat):
        """P-18."""
        address = reverse("mandats:renounce", args=[mandat.public_id])
        assert desk.get(address).status_code == 200

        html = desk.post(address, {"pending": ["theme:logement"]}, follow=True).content.decode()

        mandat.refresh_from_db()
        assert mandat.end_kind == EndKind.RENOUNCED
        assert "À terminer sans attendre" in html

    def test_a_one_act_mandat_when_it_is_done(self, desk, acteur, rose, at):
        mandat = signed_mandat(acteur, rose, duree="acte", at=at)
        assert "La démarche est terminée" in desk.get(mandat.get_absolute_url()).content.decode()

        desk.post(reverse("mandats:finish", args=[mandat.public_id]))

        mandat.refresh_from_db()
        assert mandat.end_kind == EndKind.DONE


class TestConfirming:
    def address(self, mandat, page="confirm"):
        return reverse(f"mandats:{page}", args=[line_of(mandat, "theme:argent").public_id])

    def test_on_paper_is_noted_once_said_signed(self, desk, mandat):
        """P-06."""
        assert desk.get(self.address(mandat)).status_code == 200
        assert desk.post(self.address(mandat), {}).status_code == 422

        desk.post(self.address(mandat), {"signed": "on"})

        assert Confirmation.objects.get().kind == "paper"
        assert "déjà confirmé" in desk.get(self.address(mandat)).content.decode()

    def test_comes_back_to_where_one_was_and_nowhere_else(self, desk, mandat):
        for asked, where in [
            ("/oidc/connexion/1/", "/oidc/connexion/1/"),
            ("https://evil.example/", mandat.get_absolute_url()),
            ("//evil.example/", mandat.get_absolute_url()),
            ("/\\evil.example/", mandat.get_absolute_url()),
        ]:
            response = desk.post(self.address(mandat), {"signed": "on", "suite": asked})
            assert response["Location"] == where

    def test_by_code_is_read_by_the_person(self, desk, rose, mandat, monkeypatch):
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

    def test_of_strangers_is_unknown(self, mandat, charlie, client_of):
        stranger = client_of(charlie)

        for page in ("confirm", "confirm_code"):
            assert stranger.get(self.address(mandat, page)).status_code == 404
        assert stranger.post(self.address(mandat, "send_code")).status_code == 404


class TestTheAccount:
    @pytest.fixture
    def usage(self, acteur, mandat, at):
        return actions.record_use(
            acteur=acteur, autorisation=line_of(mandat, "theme:logement"), presence="absence",
            absence_reason="deadline", service_declared="", relying_party="fc", transaction=uuid4(),
            confirmation=None, at=at,
        )  # fmt: skip

    def test_is_rendered_from_its_page(self, desk, usage, clock, at, alice, client_of):
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

    def test_is_unknown_to_strangers(self, usage, charlie, client_of):
        address = reverse("mandats:account", args=[usage.public_id])

        assert client_of(charlie).get(address).status_code == 404
