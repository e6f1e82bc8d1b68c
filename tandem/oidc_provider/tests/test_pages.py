"""The pages an aidant sees on the way."""

from typing import Any

import pytest
from django.urls import reverse

from tandem.comptes.models import Gesture
from tandem.comptes.tests.factories import totp_code
from tandem.kernel import clock
from tandem.oidc_provider.models import AuthorizationCode
from tandem.oidc_provider.tests.story import (
    REDIRECT,
    Story,
    make_aidant,
    make_line,
    make_party,
    make_rose,
    make_structure,
)
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.usagers import rules
from tandem.usagers.actions.identity import index_names

PAGES = ("usager", "demarche", "confirm")


def form_action(response: Any) -> set[str]:
    policy = response["Content-Security-Policy"]
    [directive] = [part for part in policy.split(";") if part.strip().startswith("form-action")]
    return set(directive.split()[1:])


class TestTheDoor:
    def test_asks_a_stranger_to_log_in_and_comes_back(self, story: Story) -> None:
        """FI-24: log in, lost access, support, way back."""
        story.browser = story.client_class()
        story.arrive()

        page = story.browser.get(story.url("connexion"), secure=True)

        html = page.content.decode()
        assert page.status_code == 200
        assert f"next={story.url('connexion')}" in html
        assert "aide@tandem.example" in html
        main = html.split("<main", 1)[1]
        for way in ("espaces:help", "espaces:where"):
            assert f'href="{reverse(way)}"' in main
        assert "retourner sur FranceConnect" in html
        assert form_action(page) == {"'self'", "https://fc.example"}

    def test_leads_someone_logged_in_straight_to_the_people(self, story: Story) -> None:
        story.arrive()

        assert story.browser.get(story.url("connexion"), secure=True)["Location"] == story.url(
            "usager"
        )

    @pytest.mark.parametrize("page", [*PAGES, "choose_usager"])
    def test_is_the_only_page_open_to_a_stranger(self, story: Story, page: str) -> None:
        story.browser = story.client_class()
        story.arrive()

        response = story.browser.post(story.url(page), secure=True)

        assert response.status_code == 302
        assert response["Location"].startswith("/comptes/connexion/")


class TestThePicker:
    def test_shows_the_people_met_lately(self, story: Story) -> None:
        story.arrive()

        page = story.browser.get(story.url("usager"), secure=True).content.decode()

        assert "Rose MARTIN" in page
        assert str(story.rose.public_id) in page

    def test_shows_nobody_else_when_a_person_is_present(self, story: Story) -> None:
        """Person-present mode: no other person's name anywhere."""
        make_rose(story.structure, given_names="Andrei", family_name="POPESCU")
        story.arrive()
        session = story.browser.session
        session[PERSON_PRESENT_SESSION_KEY] = "1"
        session.save()
        nobody = story.browser.get(story.url("usager"), secure=True).content.decode()
        session[PERSON_PRESENT_SESSION_KEY] = str(story.rose.public_id)
        session.save()
        rose = story.browser.get(story.url("usager"), secure=True).content.decode()

        assert "POPESCU" not in nobody + rose
        assert "MARTIN" not in nobody
        assert "MARTIN" in rose

    def test_masks_the_others_found_when_a_person_is_present(self, story: Story) -> None:
        """P-28: beside Rose, Rose alone; beside someone unnamed, two names are one too many."""
        paul = make_rose(story.structure, given_names="Paul", family_name="MARTIN")
        for person in (story.rose, paul):
            index_names(person)
        story.arrive()

        def found(present: str) -> tuple[bool, bool, bool]:
            session = story.browser.session
            session[PERSON_PRESENT_SESSION_KEY] = present
            session.save()
            page = story.browser.post(story.url("usager"), {"q": "martin"}, secure=True)
            html = page.content.decode()
            return (
                str(story.rose.public_id) in html,
                str(paul.public_id) in html,
                "les autres noms sont masqués" in html,
            )

        assert found("") == (True, True, False)
        assert found(str(story.rose.public_id)) == (True, False, True)
        assert found("1") == (False, False, True)

    def test_searches_by_post_in_the_structure_only(self, story: Story) -> None:
        """S-51: three letters, never in an address; nothing of another structure."""
        index_names(story.rose)
        elsewhere = make_rose(make_structure("Mairie", "21350236200014"), family_name="MARTINEAU")
        index_names(elsewhere)
        story.arrive()

        found = story.browser.post(story.url("usager"), {"q": "mart"}, secure=True)
        short = story.browser.post(story.url("usager"), {"q": "ma"}, secure=True)
        none = story.browser.post(story.url("usager"), {"q": "zzzz"}, secure=True)

        assert "Rose MARTIN" in found.content.decode()
        assert "MARTINEAU" not in found.content.decode()
        assert (found.status_code, short.status_code) == (200, 422)
        assert "Personne de ce nom" in none.content.decode()

    def test_counts_searches_as_every_page_does(
        self, story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """S-51: nobody leafs through the base from here either."""
        monkeypatch.setattr(rules, "SEARCHES_A_MINUTE", 1)
        story.arrive()

        answers = [
            story.browser.post(story.url("usager"), {"q": "mart"}, secure=True).status_code
            for _ in range(2)
        ]

        assert answers == [200, 429]

    def test_takes_nobody_from_elsewhere(self, story: Story) -> None:
        """S-40: the person of another structure is not there."""
        story.rose = make_rose(make_structure("Mairie", "21350236200014"))
        story.arrive()

        assert story.choose_usager().status_code == 404

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"rung": "piece_vue"}, "FranceConnect"),
            ({"birthplace": ""}, "incomplète"),
            ({"gender": ""}, "incomplète"),
            ({"email": ""}, "ajoute une adresse à son compte"),
            ({"email": "a..b@x.org"}, "ajoute une adresse à son compte"),
        ],
    )
    def test_takes_nobody_whose_identity_cannot_be_given(
        self, story: Story, changes: dict[str, str], words: str
    ) -> None:
        """P-32, FI-12: said here, not by FranceConnect later."""
        for name, value in changes.items():
            setattr(story.rose, name, value)
        story.rose.save()
        story.arrive()

        response = story.choose_usager()

        assert response.status_code == 409
        assert words in response.content.decode()


class TestEveryPage:
    def test_lists_where_its_forms_may_lead_and_nothing_else(self, story: Story) -> None:
        """S-46: the redirect URI's origin, and FranceConnect's that follow."""
        story.party = make_party("caf", follow_origins=["https://suite.example:8443"])
        story.arrive()
        story.choose_usager()
        story.choose_line()

        for page in PAGES:
            response = story.browser.get(story.url(page), secure=True)
            assert response.status_code == 200
            assert form_action(response) == {
                "'self'",
                "https://fc.example",
                "https://suite.example:8443",
            }
            assert "no-store" in response["Cache-Control"]
            assert "frame-ancestors 'none'" in response["Content-Security-Policy"]

    def test_of_confirmation_answers_for_what_it_shows_only(self, story: Story) -> None:
        """S-08: one gesture, one act; the person chosen in another tab is not the one on the screen."""
        story.arrive()
        story.choose_usager()
        story.choose_line()
        shown = story.choice()
        page = story.browser.get(story.url("confirm"), secure=True).content.decode()
        rose = story.rose
        story.rose = make_rose(story.structure, given_names="Paul", family_name="DURAND")
        story.line = make_line(story.rose, story.alice)
        story.choose_usager()
        story.choose_line()

        answers = [
            story.browser.post(
                story.url("confirm"),
                {"geste_code": totp_code(story.compte, clock.now()), **old},
                secure=True,
            )
            for old in ({"choix": shown}, {"choix": "é"}, {})
        ]

        assert f'name="choix" value="{shown}"' in page
        assert rose != story.rose
        assert {answer["Location"] for answer in answers} == {story.url("confirm")}
        assert not AuthorizationCode.objects.exists()
        assert not Gesture.objects.exists()
        assert story.confirm().status_code == 303

    def test_of_a_refusal_leads_back_too(self, story: Story) -> None:
        story.rose.rung = "declare"
        story.rose.save()
        story.arrive()

        response = story.choose_usager()

        assert form_action(response) == {"'self'", "https://fc.example"}
        assert story.url("cancel") in response.content.decode()

    def test_leads_to_the_page_before_when_something_is_missing(self, story: Story) -> None:
        story.arrive()

        assert story.browser.get(story.url("demarche"), secure=True)["Location"] == story.url(
            "usager"
        )
        assert story.browser.get(story.url("confirm"), secure=True)["Location"] == story.url(
            "usager"
        )
        bad = story.browser.post(story.url("choose_usager"), {"usager": "x"}, secure=True)
        assert bad["Location"] == story.url("usager")

    def test_is_closed_to_an_aidant_not_yet_habilite(self, story: Story) -> None:
        """P-04, S-02."""
        story.alice.habilite_at = None
        story.alice.save()
        story.arrive()

        assert story.browser.get(story.url("usager"), secure=True).status_code == 403

    def test_holds_no_identifier_of_the_person_in_its_address(self, story: Story) -> None:
        """S-44: the only identifier is the transaction's."""
        story.walk()

        assert REDIRECT.startswith("https://fc.example")
        for page in PAGES:
            assert str(story.rose.public_id) not in story.url(page)

    def test_costs_few_gestures_to_repeat(self, story: Story) -> None:
        """A repeat use takes at most eight gestures, the two on FranceConnect's side included."""
        story.walk()
        story.exchange()
        story.arrive()
        story.choose_usager()

        page = story.browser.get(story.url("demarche"), secure=True).content.decode()

        # FranceConnect, Tandem, Rose, presence, continue, code, confirm: the line and the service are there.
        assert 'value="ameli.fr"' in page
        assert page.count("checked") == 1

    def test_of_someone_who_may_no_longer_act_is_closed(self, story: Story) -> None:
        bob = make_aidant(story.structure, "Bob")
        bob.ended_at = bob.started_at
        bob.save()
        story.alice = bob
        from tandem.comptes.tests.factories import login

        login(story.browser, bob.compte)
        story.arrive()

        assert story.browser.get(story.url("usager"), secure=True).status_code == 403
