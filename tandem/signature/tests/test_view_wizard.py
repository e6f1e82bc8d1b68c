from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tandem.comptes.tests.factories import totp_code
from tandem.mandats import texts
from tandem.mandats.models import Mandat
from tandem.mandats.queries import verification
from tandem.mandats.tests.cast import ActeurOf, ClientOf
from tandem.mandats.tests.factories import signed_mandat, usager_of
from tandem.oidc_client.tests.provider import Provider
from tandem.signature import queries
from tandem.signature.models import Draft
from tandem.signature.tests.factories import complete_answers, ready_draft
from tandem.signature.tests.wizard import ANSWERS, answer_all, begin, follow
from tandem.signature.tests.wizard import recap as mark
from tandem.structures.models import Affectation, Structure
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers.models import Usager


@pytest.mark.loopback
@pytest.mark.django_db(transaction=True)
class TestTheWholeRoad:
    def test_from_the_first_question_to_the_signed_mandat(
        self, desk: Client, provider: Provider, alice: Affectation, at: datetime
    ) -> None:
        """Démarches and duration, read and understood, FranceConnect, recap, gesture, signed."""
        address = begin(desk)
        answer_all(desk, address)
        assert follow(desk, address) == "identification"
        desk.get(f"{address}identification/")
        away = desk.post(f"{address}identification/")["Location"]
        assert away.startswith(provider.issuer)

        back = desk.get(reverse("signature:franceconnect_return"), provider.authorize(away))
        assert back["Location"].startswith(f"{provider.issuer}/session/end")
        state = parse_qs(urlsplit(back["Location"]).query)["state"][0]
        out = desk.get(reverse("signature:franceconnect_logged_out"), {"state": state})
        assert out["Location"] == address

        assert follow(desk, address) == "identite"
        assert "Rose Marie" in desk.get(f"{address}identite/").content.decode()
        desk.post(f"{address}identite/", {"confirmer": "1"})
        recap = desk.get(f"{address}signature/").content.decode()
        assert "Rose Marie" in recap
        assert "Déclarer ses revenus" in recap
        shown = {"recap": mark(desk, address), "geste_code": totp_code(alice.compte, at)}
        done = desk.post(f"{address}signature/", shown)

        mandat = Mandat.objects.get()
        assert done["Location"] == reverse("mandats:signed", args=[mandat.public_id])
        assert "signé" in desk.get(done["Location"]).content.decode()
        assert {row.scope: row.presence_allowed for row in mandat.autorisations.all()} == {
            "theme:logement": ["presence", "telephone"],
            "demarche:declaration-revenus": ["presence"],
        }

        # the desk sends the form again.
        again = desk.post(f"{address}signature/", {"geste_code": totp_code(alice.compte, at)})
        assert desk.get(again["Location"])["Location"] == done["Location"]
        assert Mandat.objects.count() == 1

    def test_in_another_browser_the_return_is_refused_and_the_draft_kept(
        self, desk: Client, provider: Provider, alice: Affectation, client_of: ClientOf
    ) -> None:
        """S-04: the return is bound to the desk that left."""
        address = begin(desk)
        answer_all(desk, address)
        away = desk.post(f"{address}identification/")["Location"]
        other = client_of(alice)

        response = other.get(reverse("signature:franceconnect_return"), provider.authorize(away))

        assert response.status_code == 409
        assert "gardé" in response.content.decode()
        draft = Draft.objects.get()
        assert queries.answers_of(draft).identity == {}

    def test_refused_by_the_person_keeps_the_draft(self, desk: Client, provider: Provider) -> None:
        address = begin(desk)
        answer_all(desk, address)
        away = desk.post(f"{address}identification/")["Location"]
        state = parse_qs(urlsplit(away).query)["state"][0]

        response = desk.get(
            reverse("signature:franceconnect_return"), {"error": "access_denied", "state": state}
        )

        assert response.status_code >= 400
        assert "rien n’est perdu" in response.content.decode()
        assert follow(desk, address) == "identification"

    def test_with_franceconnect_down_keeps_the_draft_and_speaks_of_paper(
        self, desk: Client, settings: Settings
    ) -> None:
        """R-17."""
        settings.TANDEM_FRANCECONNECT = {
            "issuer": "http://127.0.0.1:9/api/v2", "client_id": "x", "client_secret": "y" * 32, "discovery_url": "",
        }  # fmt: skip
        address = begin(desk)
        answer_all(desk, address)

        response = desk.post(f"{address}identification/")

        assert response.status_code == 503
        assert "papier" in response.content.decode()
        assert follow(desk, address) == "identification"
        assert "papier" in desk.get(f"{address}identification/").content.decode()


class TestADraft:
    def test_begun_by_a_double_click_is_one(self, desk: Client, alice: Affectation) -> None:
        """S-24."""
        assert begin(desk) == begin(desk)
        assert Draft.objects.count() == 1

    def test_is_begun_with_someone_known_and_never_with_a_stranger(
        self,
        desk: Client,
        acteur: Any,
        rose: Usager,
        charlie: Affectation,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        hers = usager_of(as_acteur(charlie), at=at)

        page = desk.get(
            reverse("signature:start"), {"usager": str(rose.public_id)}
        ).content.decode()
        desk.post(reverse("signature:start"), {"usager": str(rose.public_id)})

        assert f'name="usager" value="{rose.public_id}"' in page
        assert Draft.objects.get().usager == rose
        for wrong in (str(hers.public_id), "1", "x" * 50):
            assert desk.post(reverse("signature:start"), {"usager": wrong}).status_code == 404

    def test_left_and_resumed_is_where_it_was(self, desk: Client) -> None:
        address = begin(desk)
        desk.post(f"{address}demarches/", ANSWERS[0][1])

        page = desk.get(reverse("signature:start")).content.decode()

        assert address in page
        assert follow(desk, address) == "duree"

    def test_refuses_to_skip_a_question(self, desk: Client) -> None:
        address = begin(desk)

        for page in ("duree", "facon", "questions", "contact", "lecture", "identification", "code",
                     "identite", "signature"):  # fmt: skip
            assert desk.get(f"{address}{page}/")["Location"] == address
            assert desk.post(f"{address}{page}/")["Location"] == address

    def test_is_given_up_without_a_trace(self, desk: Client) -> None:
        address = begin(desk)

        desk.post(f"{address}abandonner/")

        assert not Draft.objects.exists()

    def test_of_a_colleague_or_of_an_aidant_elsewhere_does_not_exist(
        self, desk: Client, bob: Affectation, charlie: Affectation, client_of: ClientOf
    ) -> None:
        address = begin(desk)

        for other in (bob, charlie):
            stranger = client_of(other)
            for page in ("", "demarches/", "identification/", "signature/"):
                assert stranger.get(f"{address}{page}").status_code == 404
            assert stranger.post(f"{address}abandonner/").status_code == 404
            assert address not in stranger.get(reverse("signature:start")).content.decode()

    def test_refuses_in_words_when_one_works_elsewhere_now(
        self, desk: Client, alice: Affectation, mairie: Structure, at: datetime, client_of: ClientOf
    ) -> None:
        """The draft signs for the structure it showed, or refuses."""
        address = begin(desk)
        Affectation.objects.filter(pk=alice.pk).update(ended_at=at)
        AffectationFactory.create(compte=alice.compte, structure=mairie)

        response = client_of(alice).get(f"{address}demarches/")

        assert response.status_code == 409
        assert alice.structure.name in response.content.decode()

    def test_past_its_day_does_not_exist(
        self,
        desk: Client,
        clock: time_machine.Traveller,
        at: datetime,
        alice: Affectation,
        client_of: ClientOf,
    ) -> None:
        address = begin(desk)

        clock.move_to(at + timedelta(hours=24))

        assert client_of(alice).get(address).status_code == 404


class TestAQuestion:
    def test_without_answer_is_asked_again_with_what_to_do(self, desk: Client) -> None:
        """A-10: 422, the summary, nothing lost."""
        address = begin(desk)

        response = desk.post(f"{address}demarches/", {"themes": [], "demarches": []})

        assert response.status_code == 422
        assert "au moins une démarche" in response.content.decode()

    def test_about_demarches_searches_without_losing_what_is_ticked(self, desk: Client) -> None:
        address = begin(desk)

        page = desk.post(
            f"{address}demarches/",
            {
                "chercher": "1",
                "q": "revenus",
                "themes": ["logement"],
                "demarches": ["cheque-energie"],
            },
        )

        html = page.content.decode()
        assert page.status_code == 200
        assert 'value="declaration-revenus"' in html
        assert 'value="passeport-pre-demande"' not in html
        assert html.count("checked") == 2
        assert queries.answers_of(Draft.objects.get()).scopes == ()

    def test_about_one_demarche_proposes_one_act_and_comes_back_as_it_was(
        self, desk: Client
    ) -> None:
        address = begin(desk)
        desk.post(f"{address}demarches/", {"demarches": ["cheque-energie"]})

        proposed = desk.get(f"{address}duree/").content.decode()
        again = desk.get(f"{address}demarches/").content.decode()

        assert "s’arrête quand la démarche est faite" in proposed
        assert again.count("checked") == 1

    def test_about_demarches_offers_only_what_the_structure_allows(
        self, desk: Client, ccas: Structure
    ) -> None:
        type(ccas).objects.filter(pk=ccas.pk).update(allowed_themes=["social"])
        address = begin(desk)

        html = desk.get(f"{address}demarches/").content.decode()
        refused = desk.post(f"{address}demarches/", {"themes": ["argent"]})

        assert 'value="social"' in html
        assert 'value="argent"' not in html
        assert 'value="declaration-revenus"' not in html
        assert refused.status_code == 422

    def test_about_demarches_never_takes_a_theme_and_what_is_inside(self, desk: Client) -> None:
        address = begin(desk)

        response = desk.post(
            f"{address}demarches/", {"themes": ["argent"], "demarches": ["declaration-revenus"]}
        )

        assert response.status_code == 422
        assert "contient déjà" in response.content.decode()

    def test_about_protection_stops_there_for_a_minor(self, desk: Client) -> None:
        """P-33."""
        address = begin(desk)
        for page, values in ANSWERS[:3]:
            desk.post(f"{address}{page}/", values)

        desk.post(f"{address}questions/", {"protected": "minor", "alone": "alone"})

        assert follow(desk, address) == "questions"
        assert "mineure" in desk.get(f"{address}questions/").content.decode()
        assert desk.get(f"{address}contact/")["Location"] == address

    def test_about_protection_freezes_a_file_already_open(
        self, desk: Client, acteur: Any, rose: Usager, at: datetime
    ) -> None:
        """P-34: a measure announced stops what was signed, at once."""
        mandat = signed_mandat(acteur, rose, at=at)
        answers = complete_answers(protected="", alone="", contact_kind="", points={}, identity={})
        draft = ready_draft(acteur, at=at, usager=rose, answers=answers)

        desk.post(
            reverse("signature:draft_protection", args=[draft.public_id]),
            {"protected": "protection", "alone": "spoke"},
        )

        rose.refresh_from_db()
        assert rose.frozen_at == at
        assert verification(mandat.verification_code, at=at).status == "ended"

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            (
                {"contact_kind": "sms", "contact_value": "06 12", "contact_holder": "person"},
                "10 chiffres",
            ),
            (
                {"contact_kind": "email", "contact_value": "rose", "contact_holder": "person"},
                "complète",
            ),
            (
                {"contact_kind": "sms", "contact_value": "0612345678", "contact_holder": ""},
                "qui lit",
            ),
            ({"contact_kind": ""}, "manque"),
        ],
    )
    def test_about_contact_says_what_a_good_answer_looks_like(
        self, desk: Client, values: Any, words: str
    ) -> None:
        address = begin(desk)
        for page, answers in ANSWERS[:4]:
            desk.post(f"{address}{page}/", answers)

        response = desk.post(f"{address}contact/", values)

        assert response.status_code == 422
        assert words in response.content.decode()

    def test_about_reading_shows_each_text_and_keeps_which_was_read(
        self, desk: Client, acteur: Any, at: datetime
    ) -> None:
        """P-03, P-35: the version, the language, the reader; an interpreter has a name."""
        address = begin(desk)
        for page, answers in ANSWERS[:5]:
            desk.post(f"{address}{page}/", answers)

        for text in texts.texts():
            html = desk.get(f"{address}lecture/", {"texte": text.name}).content.decode()
            assert f'lang="{text.language}"' in html
            assert text.title in html
        values = {**ANSWERS[5][1], "reader": "interpreter"}
        assert desk.post(f"{address}lecture/?texte=facile", values).status_code == 422
        desk.post(f"{address}lecture/?texte=facile", {**values, "interpreter": "Mme Haddad"})

        kept = queries.answers_of(Draft.objects.get())
        assert (kept.text_name, kept.interpreter) == ("facile", "Mme Haddad")

    def test_about_who_may_act_can_name_some_aidants(
        self, desk: Client, bob: Affectation, acteur: Any, at: datetime
    ) -> None:
        draft = ready_draft(acteur, at=at)
        address = reverse("signature:draft_aidants", args=[draft.public_id])

        assert desk.post(address, {"team": "0"}).status_code == 422
        desk.post(address, {"team": "0", "aidants": [str(bob.public_id)]})

        draft.refresh_from_db()
        answers = queries.answers_of(draft)
        assert answers.aidants == (str(bob.public_id),)
        # P-03: what the person read has changed.
        assert answers.points == {}
        assert draft.identified_at is None
