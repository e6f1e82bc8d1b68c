from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from tandem.comptes.tests.factories import totp_code
from tandem.journal.models import Entry
from tandem.mandats import queries, texts
from tandem.mandats.models import Draft, Mandat
from tandem.mandats.tests.factories import (
    ANDREI,
    complete_answers,
    ready_draft,
    signed_mandat,
    usager_of,
)
from tandem.oidc_client.tests.provider import CLIENT_ID, CLIENT_SECRET, Provider, serving
from tandem.structures.models import Affectation
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers.actions import declare_usager
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import ChannelFactory


@pytest.fixture
def provider(settings, at) -> Iterator[Provider]:
    """FranceConnect, on the loopback."""
    cache.clear()
    with serving(at) as provider:
        settings.TANDEM_FRANCECONNECT = {
            "issuer": provider.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "discovery_url": "",
        }  # fmt: skip
        yield provider


@pytest.fixture
def clock(at):
    with time_machine.travel(at, tick=False) as clock:
        yield clock


@pytest.fixture
def desk(clock, alice, acteur, client_of):
    return client_of(alice)


def begin(desk) -> str:
    """A new draft; gives its address."""
    response = desk.post(reverse("mandats:start"))
    return response["Location"]


def follow(desk, address) -> str:
    """The question a draft is at."""
    return desk.get(address)["Location"].rstrip("/").rsplit("/", 1)[-1]


ANSWERS = [
    ("demarches", {"themes": ["logement"], "demarches": ["declaration-revenus"]}),
    ("duree", {"duree": "mois"}),
    ("facon", {"ways_0": ["telephone"], "ways_1": []}),
    ("questions", {"protected": "none", "alone": "alone"}),
    ("contact", {"contact_kind": "sms", "contact_value": "06 12 34 56 78", "contact_holder": "person"}),
    (
        "lecture",
        {
            "reader": "aidant", "interpreter": "", "point_who": "understood", "point_until": "reexplained",
            "point_stop": "understood",
        },
    ),
]  # fmt: skip


def answer_all(desk, address) -> None:
    for page, values in ANSWERS:
        assert follow(desk, address) == page
        assert desk.get(f"{address}{page}/").status_code == 200
        response = desk.post(f"{address}{page}/", values)
        assert (response.status_code, response["Location"]) == (302, address)


@pytest.mark.loopback
@pytest.mark.django_db(transaction=True)
class TestTheWholeRoad:
    def test_from_the_first_question_to_the_signed_mandat(self, desk, provider, alice, at):
        """Démarches and duration, read and understood, FranceConnect, recap, gesture, signed."""
        address = begin(desk)
        answer_all(desk, address)
        assert follow(desk, address) == "identification"
        desk.get(f"{address}identification/")
        away = desk.post(f"{address}identification/")["Location"]
        assert away.startswith(provider.issuer)

        back = desk.get(reverse("mandats:franceconnect_return"), provider.authorize(away))
        assert back["Location"].startswith(f"{provider.issuer}/session/end")
        state = parse_qs(urlsplit(back["Location"]).query)["state"][0]
        out = desk.get(reverse("mandats:franceconnect_logged_out"), {"state": state})
        assert out["Location"] == address

        assert follow(desk, address) == "identite"
        assert "Rose Marie" in desk.get(f"{address}identite/").content.decode()
        desk.post(f"{address}identite/", {"confirmer": "1"})
        recap = desk.get(f"{address}signature/").content.decode()
        assert "Rose Marie" in recap
        assert "Déclarer ses revenus" in recap
        done = desk.post(f"{address}signature/", {"geste_code": totp_code(alice.compte, at)})

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
        self, desk, provider, alice, client_of
    ):
        """S-04: the return is bound to the desk that left."""
        address = begin(desk)
        answer_all(desk, address)
        away = desk.post(f"{address}identification/")["Location"]
        other = client_of(alice)

        response = other.get(reverse("mandats:franceconnect_return"), provider.authorize(away))

        assert response.status_code == 409
        assert "gardé" in response.content.decode()
        draft = Draft.objects.get()
        assert queries.answers_of(draft).identity == {}

    def test_refused_by_the_person_keeps_the_draft(self, desk, provider):
        address = begin(desk)
        answer_all(desk, address)
        away = desk.post(f"{address}identification/")["Location"]
        state = parse_qs(urlsplit(away).query)["state"][0]

        response = desk.get(
            reverse("mandats:franceconnect_return"), {"error": "access_denied", "state": state}
        )

        assert response.status_code >= 400
        assert "rien n’est perdu" in response.content.decode()
        assert follow(desk, address) == "identification"

    def test_with_franceconnect_down_keeps_the_draft_and_speaks_of_paper(self, desk, settings):
        """R-17."""
        settings.TANDEM_FRANCECONNECT = {
            "issuer": "http://127.0.0.1:9/api/v2", "client_id": "x", "client_secret": "y" * 32, "discovery_url": "",
        }  # fmt: skip
        address = begin(desk)
        answer_all(desk, address)

        response = desk.post(f"{address}identification/")

        assert response.status_code == 503
        assert follow(desk, address) == "identification"
        assert "papier" in desk.get(f"{address}identification/").content.decode()


class TestADraft:
    def test_begun_by_a_double_click_is_one(self, desk, alice):
        """S-24."""
        assert begin(desk) == begin(desk)
        assert Draft.objects.count() == 1

    def test_left_and_resumed_is_where_it_was(self, desk):
        address = begin(desk)
        desk.post(f"{address}demarches/", ANSWERS[0][1])

        page = desk.get(reverse("mandats:start")).content.decode()

        assert address in page
        assert follow(desk, address) == "duree"

    def test_refuses_to_skip_a_question(self, desk):
        address = begin(desk)

        for page in ("duree", "facon", "questions", "contact", "lecture", "identification", "code",
                     "identite", "signature"):  # fmt: skip
            assert desk.get(f"{address}{page}/")["Location"] == address
            assert desk.post(f"{address}{page}/")["Location"] == address

    def test_is_given_up_without_a_trace(self, desk):
        address = begin(desk)

        desk.post(f"{address}abandonner/")

        assert not Draft.objects.exists()

    def test_of_a_colleague_or_of_an_aidant_elsewhere_does_not_exist(
        self, desk, bob, charlie, client_of
    ):
        address = begin(desk)

        for other in (bob, charlie):
            stranger = client_of(other)
            for page in ("", "demarches/", "identification/", "signature/"):
                assert stranger.get(f"{address}{page}").status_code == 404
            assert stranger.post(f"{address}abandonner/").status_code == 404
            assert address not in stranger.get(reverse("mandats:start")).content.decode()

    def test_refuses_in_words_when_one_works_elsewhere_now(
        self, desk, alice, mairie, at, client_of
    ):
        """The draft signs for the structure it showed, or refuses."""
        address = begin(desk)
        Affectation.objects.filter(pk=alice.pk).update(ended_at=at)
        AffectationFactory.create(compte=alice.compte, structure=mairie)

        response = client_of(alice).get(f"{address}demarches/")

        assert response.status_code == 409
        assert alice.structure.name in response.content.decode()

    def test_past_its_day_does_not_exist(self, desk, clock, at, alice, client_of):
        address = begin(desk)

        clock.move_to(at + timedelta(hours=24))

        assert client_of(alice).get(address).status_code == 404


class TestAQuestion:
    def test_without_answer_is_asked_again_with_what_to_do(self, desk):
        """A-10: 422, the summary, nothing lost."""
        address = begin(desk)

        response = desk.post(f"{address}demarches/", {"themes": [], "demarches": []})

        assert response.status_code == 422
        assert "au moins une démarche" in response.content.decode()

    def test_about_demarches_searches_without_losing_what_is_ticked(self, desk):
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

    def test_about_demarches_offers_only_what_the_structure_allows(self, desk, ccas):
        type(ccas).objects.filter(pk=ccas.pk).update(allowed_themes=["social"])
        address = begin(desk)

        html = desk.get(f"{address}demarches/").content.decode()
        refused = desk.post(f"{address}demarches/", {"themes": ["argent"]})

        assert 'value="social"' in html
        assert 'value="argent"' not in html
        assert 'value="declaration-revenus"' not in html
        assert refused.status_code == 422

    def test_about_demarches_never_takes_a_theme_and_what_is_inside(self, desk):
        address = begin(desk)

        response = desk.post(
            f"{address}demarches/", {"themes": ["argent"], "demarches": ["declaration-revenus"]}
        )

        assert response.status_code == 422
        assert "contient déjà" in response.content.decode()

    def test_about_protection_stops_there_for_a_minor(self, desk):
        """P-33."""
        address = begin(desk)
        for page, values in ANSWERS[:3]:
            desk.post(f"{address}{page}/", values)

        desk.post(f"{address}questions/", {"protected": "minor", "alone": "alone"})

        assert follow(desk, address) == "questions"
        assert "mineure" in desk.get(f"{address}questions/").content.decode()
        assert desk.get(f"{address}contact/")["Location"] == address

    def test_about_protection_freezes_a_file_already_open(self, desk, acteur, rose, at):
        """P-34: a measure announced stops what was signed, at once."""
        mandat = signed_mandat(acteur, rose, at=at)
        answers = complete_answers(protected="", alone="", contact_kind="", points={}, identity={})
        draft = ready_draft(acteur, at=at, usager=rose, answers=answers)

        desk.post(
            reverse("mandats:draft_protection", args=[draft.public_id]),
            {"protected": "protection", "alone": "spoke"},
        )

        rose.refresh_from_db()
        assert rose.frozen_at == at
        assert queries.verification(mandat.verification_code, at=at).status == "ended"

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
    def test_about_contact_says_what_a_good_answer_looks_like(self, desk, values, words):
        address = begin(desk)
        for page, answers in ANSWERS[:4]:
            desk.post(f"{address}{page}/", answers)

        response = desk.post(f"{address}contact/", values)

        assert response.status_code == 422
        assert words in response.content.decode()

    def test_about_reading_shows_each_text_and_keeps_which_was_read(self, desk, acteur, at):
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

        answers = queries.answers_of(Draft.objects.get())
        assert (answers.text_name, answers.interpreter) == ("facile", "Mme Haddad")

    def test_about_who_may_act_can_name_some_aidants(self, desk, bob, acteur, at):
        draft = ready_draft(acteur, at=at)
        address = reverse("mandats:draft_aidants", args=[draft.public_id])

        assert desk.post(address, {"team": "0"}).status_code == 422
        desk.post(address, {"team": "0", "aidants": [str(bob.public_id)]})

        draft.refresh_from_db()
        answers = queries.answers_of(draft)
        assert answers.aidants == (str(bob.public_id),)
        # P-03: what the person read has changed.
        assert answers.points == {}
        assert draft.identified_at is None


class TestTheIdentification:
    def address(self, acteur, at, page, **changes):
        draft = ready_draft(acteur, at=at, answers=complete_answers(**changes))
        return reverse(f"mandats:draft_{page}", args=[draft.public_id])

    def test_page_says_who_asks_for_what_and_lets_the_form_reach_franceconnect_only(
        self, desk, acteur, at, settings
    ):
        """S-04, S-46."""
        settings.TANDEM_FRANCECONNECT = {
            **settings.TANDEM_FRANCECONNECT,
            "issuer": "https://fc.example/api/v2",
        }
        draft = ready_draft(
            acteur, at=at, answers=complete_answers(identity={}, identity_confirmed=False)
        )
        Draft.objects.filter(pk=draft.pk).update(identified_at=None)

        response = desk.get(reverse("mandats:draft_identification", args=[draft.public_id]))

        assert acteur.structure.name in response.content.decode()
        assert "form-action 'self' https://fc.example;" in response["Content-Security-Policy"] + ";"
        other = desk.get(reverse("mandats:start"))
        assert "fc.example" not in other["Content-Security-Policy"]

    def test_of_someone_else_is_forgotten_when_refused(self, desk, acteur, at):
        """Decision 5."""
        page = self.address(acteur, at, "identity", identity_confirmed=False)

        desk.post(page, {"refuser": "1"})

        draft = Draft.objects.get()
        assert queries.answers_of(draft).identity == {}
        assert draft.identified_at is None

    def test_of_another_person_than_expected_signs_nothing(self, desk, acteur, rose, at):
        andrei = usager_of(acteur, at=at, identity=ANDREI, sub="b" * 66)
        draft = ready_draft(
            acteur, at=at, usager=andrei, answers=complete_answers(identity_confirmed=False)
        )

        response = desk.post(
            reverse("mandats:draft_identity", args=[draft.public_id]), {"confirmer": "1"}
        )

        assert response.status_code == 409
        assert not queries.answers_of(Draft.objects.get()).identity_confirmed

    def test_of_someone_known_only_by_what_they_said_opens_a_file_of_its_own(
        self, desk, acteur, at
    ):
        declared = declare_usager(acteur=acteur, given_names="Rose", family_name="Lefèvre", at=at)
        draft = ready_draft(
            acteur, at=at, usager=declared, answers=complete_answers(identity_confirmed=False)
        )

        desk.post(reverse("mandats:draft_identity", args=[draft.public_id]), {"confirmer": "1"})

        draft.refresh_from_db()
        assert draft.usager is None
        assert Usager.objects.get() == declared

    def test_of_a_minor_is_refused(self, desk, acteur, at):
        """P-33: birthday tomorrow."""
        identity = complete_answers().identity | {"birthdate": "2008-11-03"}
        page = self.address(acteur, at, "identity", identity=identity, identity_confirmed=False)

        assert desk.post(page, {"confirmer": "1"}).status_code == 409

    def test_is_asked_again_after_ten_minutes(self, desk, acteur, at, clock):
        page = self.address(acteur, at, "recap")
        assert desk.get(page).status_code == 200

        clock.move_to(at + timedelta(minutes=10))

        address = desk.get(page)["Location"]
        assert follow(desk, address) == "identification"


class TestTheRecap:
    def test_shows_what_changes_to_what_stands(self, desk, acteur, rose, at):
        """The screen shows the difference; the journal keeps it."""
        signed_mandat(
            acteur,
            rose,
            ["theme:logement"],
            ways=("presence", "absence"),
            at=at - timedelta(days=1),
        )
        draft = ready_draft(acteur, at=at, usager=rose)

        html = desk.get(reverse("mandats:draft_recap", args=[draft.public_id])).content.decode()

        assert "Ce mandat en remplace un autre" in html
        assert "Sera permis moins largement" in html

    def test_without_a_right_code_keeps_everything(self, desk, acteur, at):
        """S-08, A-10."""
        draft = ready_draft(acteur, at=at)

        response = desk.post(
            reverse("mandats:draft_recap", args=[draft.public_id]), {"geste_code": "000000"}
        )

        assert response.status_code == 422
        assert not Mandat.objects.exists()
        assert not Entry.objects.filter(event="mandats.signed").exists()


class TestARenewal:
    def test_takes_a_code_on_the_persons_own_channel(
        self, desk, acteur, rose, alice, at, monkeypatch
    ):
        ChannelFactory.create(usager=rose, sms=True)
        monkeypatch.setattr("tandem.usagers.actions.codes.secrets.randbelow", lambda _n: 123456)
        mandat = signed_mandat(acteur, rose, at=at)
        address = desk.post(reverse("mandats:renew", args=[mandat.public_id]))["Location"]
        for page, values in ANSWERS[3:]:
            known = {"contact_kind": "known"}
            desk.post(f"{address}{page}/", known if page == "contact" else values)
        assert follow(desk, address) == "identification"
        assert f"{address}code/" in desk.get(f"{address}identification/").content.decode()

        assert desk.get(f"{address}code/").status_code == 200
        desk.post(f"{address}code/", {"envoyer": "1"})
        assert desk.post(f"{address}code/", {"code": "000000"}).status_code == 422
        desk.post(f"{address}code/", {"code": "123456"})
        assert follow(desk, address) == "signature"
        desk.post(f"{address}signature/", {"geste_code": totp_code(alice.compte, at)})

        renewed = Mandat.objects.get(renews=mandat)
        assert renewed.consent_method == "code"
