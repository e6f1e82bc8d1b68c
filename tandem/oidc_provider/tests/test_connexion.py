"""The steps of a connexion: whose it is, what each step asks, what is never released."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tandem.comptes.models import Gesture
from tandem.comptes.tests.factories import login, totp_code
from tandem.envois.models import Message
from tandem.journal.models import Entry
from tandem.mandats.models import Confirmation, Usage
from tandem.oidc_provider.models import AuthorizationCode, Transaction
from tandem.oidc_provider.tests.story import (
    REDIRECT,
    Story,
    make_line,
    make_party,
    query_of,
    release,
    rep_scopes,
)
from tandem.usagers.tests.factories import ChannelFactory


def nothing_happened(story: Story) -> bool:
    return not AuthorizationCode.objects.exists() and not Usage.objects.exists()


def refusals() -> list[tuple[str, str]]:
    return [
        (line.facts["step"], line.facts["reason"])
        for line in Entry.objects.filter(event="oidc_provider.identity_refused").order_by("seq")
    ]


class TestTheGesture:
    @pytest.fixture
    def ready(self, story: Story) -> Story:
        story.arrive()
        story.choose_usager()
        story.choose_line()
        return story

    @pytest.mark.parametrize("typed", ["", "000000", "abcdef", "9" * 40, "é"])
    def test_is_asked_each_time(self, ready: Story, typed: str) -> None:
        """S-08: the session alone never suffices."""
        response = ready.confirm(typed=typed)

        assert response.status_code == 422
        assert nothing_happened(ready)

    def test_serves_one_connexion(self, ready: Story) -> None:
        """S-08, S-10: the code that confirmed one cannot confirm another."""
        from tandem.kernel import clock

        typed = totp_code(ready.compte, clock.now())
        ready.confirm(typed=typed)
        ready.arrive()
        ready.choose_usager()
        ready.choose_line()

        assert ready.confirm(typed=typed).status_code == 422
        assert Usage.objects.count() == 1

    def test_given_twice_records_one_use_and_answers_the_same(self, ready: Story) -> None:
        """R-09, S-24: a double click."""
        from tandem.kernel import clock

        typed = totp_code(ready.compte, clock.now())
        first, second = ready.confirm(typed=typed), ready.confirm(typed=typed)

        assert Gesture.objects.get().used_at is not None
        assert first["Location"] == second["Location"]
        assert (Usage.objects.count(), AuthorizationCode.objects.count()) == (1, 1)
        assert Entry.objects.filter(event="mandats.autorisation_used").count() == 1

    def test_given_again_after_the_code_has_served_says_that_it_is_over(self, ready: Story) -> None:
        ready.confirm()
        ready.exchange()

        assert ready.confirm().status_code == 409
        assert Usage.objects.count() == 1

    def test_is_preceded_by_what_one_answers_for(self, ready: Story) -> None:
        """P-09: and the journal keeps the version of the sentence."""
        page = ready.browser.get(ready.url("confirm"), secure=True).content.decode()
        ready.confirm()

        line = Entry.objects.get(event="mandats.autorisation_used")
        assert "Vous répondez de ce que vous tapez" in page
        assert "vous ne répondez pas de" in page
        assert line.facts["sentence"] == "2026-11"


class TestTheScope:
    def test_offered_is_what_the_service_asked_and_the_mandat_holds(self, story: Story) -> None:
        """P-07: only compatible lines."""
        housing = make_line(story.rose, story.alice, "theme:logement", "logement")
        story.arrive(claims=rep_scopes("logement", "famille"))
        story.choose_usager()

        page = story.browser.get(story.url("demarche"), secure=True).content.decode()

        assert str(housing.public_id) in page
        assert str(story.line.public_id) not in page

    @pytest.mark.parametrize(
        ("themes", "asked"),
        [
            ([], ["transports"]),
            (["argent"], ["social"]),
            (["argent"], []),
            ([], ["argent", "justice"]),
        ],
    )
    def test_that_does_not_match_the_service_is_refused_and_journaled(
        self, story: Story, themes: list[str], asked: list[str]
    ) -> None:
        """P-07: by the périmètre asked, and by the category of the relying party."""
        story.party = make_party("caf", themes=themes)
        story.arrive(claims=rep_scopes(*asked))

        response = story.choose_usager()

        assert response.status_code == 409
        assert story.transaction.public_id.hex in str(response.content.decode()).replace("-", "")
        assert refusals() == [("usager", "no_autorisation")]
        assert Transaction.objects.get().usager is None

    def test_of_another_person_is_refused(self, story: Story) -> None:
        """Whose line it is, is compared with the person chosen."""
        from tandem.oidc_provider.tests.story import make_rose

        other = make_line(make_rose(story.structure, family_name="DURAND"), story.alice)
        story.arrive()
        story.choose_usager()

        assert story.choose_line(autorisation=str(other.public_id)).status_code == 422
        assert Transaction.objects.get().autorisation is None

    def test_without_perimetre_stays_away_from_money_and_justice(self, story: Story) -> None:
        """Decision 9: allowed otherwise, and journaled as not declared."""
        make_line(story.rose, story.alice, "theme:argent", "argent")
        story.arrive(claims=None)
        story.choose_usager()
        page = story.browser.get(story.url("demarche"), secure=True).content.decode()
        story.choose_line()
        story.confirm()
        release(story)

        released = Entry.objects.get(event="oidc_provider.identity_released")
        assert page.count('name="autorisation"') == 1
        assert released.facts["perimetre_declared"] is False

    def test_asked_with_labels_nobody_knows_matches_nothing(self, story: Story) -> None:
        """FI-02, P-07."""
        story.arrive(claims='{"id_token":{"rep_scope":{"values":["Astrologie"]}}}')

        assert story.choose_usager().status_code == 409


class TestPresence:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"presence": ""}, "presence"),
            ({"presence": "absence"}, "presence"),
            ({"presence": "made_up"}, "presence"),
            ({"service_declared": ""}, "service_declared"),
            ({"service_declared": "rose@example.org"}, "service_declared"),
            ({"service_declared": "appeler le 06 12 34 56 78"}, "service_declared"),
            ({"service_declared": "x" * 61}, "service_declared"),
            ({"autorisation": "made-up"}, "autorisation"),
        ],
    )
    def test_is_declared_at_each_use_with_the_service(
        self, story: Story, changes: dict[str, Any], field: str
    ) -> None:
        """P-05, P-12, decision 10."""
        story.arrive()
        story.choose_usager()

        response = story.choose_line(**changes)

        assert response.status_code == 422
        assert f'href="#id_{field}' in response.content.decode()
        assert Transaction.objects.get().autorisation is None

    def test_absent_needs_the_clause_and_a_reason_and_owes_an_account(self, story: Story) -> None:
        """P-05."""
        story.line.presence_allowed = ["presence", "absence"]
        story.line.save()
        story.arrive()
        story.choose_usager()
        without = story.choose_line(presence="absence")
        story.choose_line(presence="absence", absence_reason="deadline")
        story.confirm()

        usage = Usage.objects.get()
        assert without.status_code == 422
        assert (usage.presence, usage.absence_reason) == ("absence", "deadline")
        assert usage.account_due_at is not None


class TestMoneyAndJustice:
    @pytest.fixture
    def money(self, story: Story) -> Story:
        story.line = make_line(story.rose, story.alice, "theme:argent", "argent")
        story.arrive(claims=rep_scopes("argent"))
        story.choose_usager()
        story.choose_line()
        return story

    def test_release_nothing_without_the_persons_confirmation(self, money: Story) -> None:
        """P-06: 0 release."""
        page = money.browser.get(money.url("confirm"), secure=True).content.decode()
        response = money.confirm()

        assert "geste_code" not in page
        assert response.status_code == 409
        assert nothing_happened(money)
        assert refusals() == [("confirm", "mandat_fresh_confirmation")]

    def test_go_on_with_the_paper_of_the_day(self, money: Story) -> None:
        """P-06: recorded as such."""
        unsigned = money.browser.post(money.url("record_paper"), {}, secure=True)
        money.browser.post(money.url("record_paper"), {"papier-signed": "on"}, secure=True)
        money.confirm()

        assert unsigned.status_code == 302
        assert Usage.objects.get().confirmation == Confirmation.objects.get()
        assert Confirmation.objects.get().kind == "paper"
        assert release(money) is not None

    def test_go_on_with_the_code_the_person_received(self, money: Story) -> None:
        """P-06: on a channel proven theirs; a wrong code confirms nothing."""
        ChannelFactory.create(usager=money.rose)
        money.browser.post(money.url("send_code"), secure=True)
        sent = Message.objects.filter(about=money.rose.public_id).latest("pk")
        [digits] = re.findall(r"[0-9]{6}", re.sub(r"\s", "", sent.body or ""))
        wrong = money.browser.post(
            money.url("record_code"), {"personne-code": "000000"}, secure=True
        )
        confirmed_too_soon = Confirmation.objects.exists()
        right = money.browser.post(money.url("record_code"), {"personne-code": digits}, secure=True)
        money.confirm()

        assert not confirmed_too_soon
        assert (wrong.status_code, right.status_code) == (422, 302)
        assert Confirmation.objects.get().kind == "code"
        assert release(money) is not None

    def test_send_no_code_to_someone_without_a_channel_of_their_own(self, money: Story) -> None:
        """P-14: said in words, and the paper stays possible."""
        answer = money.browser.post(money.url("send_code"), secure=True)
        page = money.browser.get(money.url("confirm"), secure=True).content.decode()

        assert answer["Location"] == money.url("confirm")
        assert money.url("record_paper") in page
        assert not Message.objects.exists()

    def test_stay_closed_with_the_paper_of_yesterday(self, money: Story, clock: Any) -> None:
        """P-06."""
        money.browser.post(money.url("record_paper"), {"papier-signed": "on"}, secure=True)
        clock.shift(timedelta(days=1))
        login(money.browser, money.compte)
        money.arrive(claims=rep_scopes("argent"))
        money.choose_usager()
        money.choose_line()

        assert money.confirm().status_code == 409
        assert nothing_happened(money)


class TestGivingUp:
    def test_tells_the_service_with_its_state(self, story: Story) -> None:
        """FI-17: and a second click says the same."""
        story.arrive()
        story.choose_usager()

        answers = [story.browser.post(story.url("cancel"), secure=True) for _ in range(2)]

        assert {answer.status_code for answer in answers} == {303}
        assert answers[0]["Location"] == answers[1]["Location"]
        assert answers[0]["Location"].startswith(REDIRECT)
        said = query_of(answers[0]["Location"])
        assert (said["error"], said["state"], said["iss"]) == (
            "access_denied",
            "a" * 64,
            "https://tandem.example",
        )
        assert story.choose_usager().status_code == 409

    def test_works_before_any_login_and_after_the_ten_minutes(
        self, story: Story, clock: Any
    ) -> None:
        """FI-17, FI-24: « retourner sur FranceConnect »."""
        story.browser = story.client_class()
        story.arrive()
        clock.shift(timedelta(minutes=11))

        assert story.browser.post(story.url("cancel"), secure=True).status_code == 303

    def test_is_too_late_once_confirmed(self, story: Story) -> None:
        story.walk()

        assert story.browser.post(story.url("cancel"), secure=True).status_code == 409

    def test_is_asked_by_post_with_a_token(self, story: Story) -> None:
        story.browser = login(story.client_class(enforce_csrf_checks=True), story.compte)
        story.arrive()

        assert story.browser.post(story.url("cancel"), secure=True).status_code == 403
        assert story.browser.get(story.url("cancel"), secure=True).status_code == 405
