from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tandem.journal.models import Entry
from tandem.mandats import actions, queries
from tandem.mandats.actions import MandatRefused, NotAllowed, UseRefused
from tandem.mandats.models import Autorisation, Confirmation, Usage
from tandem.mandats.tests.cast import ActeurOf
from tandem.mandats.tests.factories import use
from tandem.referentiels.rules import REP_SCOPES
from tandem.structures.models import Affectation
from tandem.ui.secret_words import PASSWORD
from tandem.usagers.models import Notice, Usager


class TestAUse:
    def test_is_written_once_whatever_is_retried(
        self, acteur: Any, line: Autorisation, at: datetime
    ) -> None:
        transaction = uuid4()

        one = use(acteur, line, at, transaction=transaction)
        again = use(acteur, line, at + timedelta(seconds=2), transaction=transaction)

        assert one == again
        assert Entry.objects.filter(event="mandats.autorisation_used").count() == 1
        assert Notice.objects.filter(key__startswith="mandat.used").count() == 1

    def test_of_one_transaction_serves_one_line(
        self, acteur: Any, line: Autorisation, money: Autorisation, at: datetime
    ) -> None:
        transaction = uuid4()
        use(acteur, line, at, transaction=transaction)

        with pytest.raises(UseRefused, match="autre démarche"):
            use(acteur, money, at, transaction=transaction)

    def test_leaves_a_trace_without_the_service_nor_any_name(
        self, acteur: Any, line: Autorisation, at: datetime
    ) -> None:
        """P-09: which sentence was shown; the service is as declared, and stays out of the chain."""
        usage = use(acteur, line, at)

        entry = Entry.objects.get(event="mandats.autorisation_used")
        assert entry.subject_id == usage.public_id
        assert "allocations" not in entry.facts_text
        assert '"sentence":"2026-11"' in entry.facts_text
        usage.refresh_from_db()
        assert usage.service_declared == "Caisse d’allocations familiales"

    def test_tells_the_person_without_naming_the_demarche(
        self, acteur: Any, line: Autorisation, at: datetime
    ) -> None:
        """S-31."""
        use(acteur, line, at)

        body = Notice.objects.get(key__startswith="mandat.used").body
        assert "10\N{NO-BREAK SPACE}h" in body  # in Paris
        assert "allocations" not in body

    @pytest.mark.parametrize(
        ("presence", "reason", "accepted"),
        [
            ("presence", "", True),
            ("presence", "deadline", False),
            ("absence", "", False),
            ("absence", "because", False),
            ("absence", "deadline", True),
            ("telephone", "", False),
        ],
    )
    def test_says_where_the_person_was_and_why_not_there(
        self,
        acteur: Any,
        line: Autorisation,
        at: datetime,
        presence: str,
        reason: str,
        accepted: bool,
    ) -> None:
        """P-05: every combination."""
        if not accepted:
            with pytest.raises(UseRefused):
                use(acteur, line, at, presence=presence, absence_reason=reason)
            return

        usage = use(acteur, line, at, presence=presence, absence_reason=reason)

        assert (usage.account_due_at is not None) == (presence == "absence")

    def test_in_presence_moves_the_last_contact_and_in_absence_does_not(
        self, acteur: Any, rose: Usager, line: Autorisation, at: datetime
    ) -> None:
        """P-21."""
        use(acteur, line, at + timedelta(hours=1), presence="absence", absence_reason="asked")
        rose.refresh_from_db()
        assert rose.last_contact_at == at

        use(acteur, line, at + timedelta(hours=2))

        rose.refresh_from_db()
        assert rose.last_contact_at == at + timedelta(hours=2)

    def test_of_money_holds_the_persons_confirmation(
        self, acteur: Any, money: Autorisation, line: Autorisation, at: datetime
    ) -> None:
        """P-06."""
        with pytest.raises(UseRefused):
            use(acteur, money, at)
        paper = actions.record_paper_confirmation(acteur=acteur, autorisation=money, at=at)
        with pytest.raises(UseRefused, match="confirmer"):
            use(acteur, money, at)
        with pytest.raises(UseRefused, match="plus valable"):
            use(acteur, line, at, confirmation=paper)

        assert use(acteur, money, at, confirmation=paper).confirmation == paper


class TestAConfirmation:
    def test_on_paper_is_worth_its_day_where_the_structure_is(
        self, acteur: Any, money: Autorisation, at: datetime
    ) -> None:
        """P-06: the signed paper of the day."""
        paper = actions.record_paper_confirmation(acteur=acteur, autorisation=money, at=at)

        evening = at.replace(hour=22, minute=59, second=58)  # 23:59:58 in Paris
        assert queries.fresh_confirmation(money, at=evening) == paper
        assert queries.fresh_confirmation(money, at=evening + timedelta(seconds=1)) is None

    def test_on_paper_is_recorded_once_a_day(
        self, acteur: Any, money: Autorisation, at: datetime
    ) -> None:
        """S-24."""
        one = actions.record_paper_confirmation(acteur=acteur, autorisation=money, at=at)

        again = actions.record_paper_confirmation(
            acteur=acteur, autorisation=money, at=at + timedelta(minutes=5)
        )

        assert again == one
        assert Entry.objects.filter(event="mandats.confirmation_recorded").count() == 1

    def test_by_code_lasts_a_quarter_of_an_hour(
        self, acteur: Any, money: Autorisation, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        checked = []
        monkeypatch.setattr(
            "tandem.mandats.actions.confirmations.usagers.check_confirmation_code",
            lambda **asked: checked.append(asked),
        )

        row = actions.record_code_confirmation(
            acteur=acteur, autorisation=money, code="123456", at=at
        )

        assert checked[0]["purpose"] == f"usage:{money.public_id}"
        assert row.valid_until == at + timedelta(minutes=15)

    def test_by_code_opens_one_act_and_the_paper_all_those_of_the_day(
        self, acteur: Any, money: Autorisation, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """P-06: the person confirms each act; a code read for one does not open a second."""
        monkeypatch.setattr(
            "tandem.mandats.actions.confirmations.usagers.check_confirmation_code",
            lambda **_asked: None,
        )
        code = actions.record_code_confirmation(
            acteur=acteur, autorisation=money, code="123456", at=at
        )
        transaction = uuid4()
        one = use(acteur, money, at, confirmation=code, transaction=transaction)

        assert queries.fresh_confirmation(money, at=at) is None
        with pytest.raises(UseRefused, match="plus valable"):
            use(acteur, money, at, confirmation=code)
        assert use(acteur, money, at, confirmation=code, transaction=transaction) == one
        # Token and userinfo ask again, for the act that spent it.
        assert (
            queries.use_refusal(
                acteur=acteur,
                autorisation=money,
                presence="presence",
                at=at,
                requested_rep_scopes=[REP_SCOPES["argent"]],
            )
            is None
        )
        paper = actions.record_paper_confirmation(acteur=acteur, autorisation=money, at=at)
        for _number in range(2):
            use(acteur, money, at, confirmation=paper)
            assert queries.fresh_confirmation(money, at=at) == paper

    def test_is_of_a_line_that_asks_for_it_and_is_alive(
        self, acteur: Any, line: Autorisation, money: Autorisation, at: datetime
    ) -> None:
        with pytest.raises(MandatRefused, match="ne demande pas"):
            actions.record_paper_confirmation(acteur=acteur, autorisation=line, at=at)
        actions.revoke_autorisation(acteur=acteur, autorisation=money, at=at)
        for ask_for in (
            lambda: actions.record_paper_confirmation(acteur=acteur, autorisation=money, at=at),
            lambda: actions.send_confirmation_code(acteur=acteur, autorisation=money, at=at),
        ):
            with pytest.raises(MandatRefused, match="terminée"):
                ask_for()

    def test_is_not_recorded_by_an_aidant_elsewhere(
        self, money: Autorisation, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        stranger = as_acteur(charlie)

        with pytest.raises(NotAllowed):
            actions.record_paper_confirmation(acteur=stranger, autorisation=money, at=at)
        with pytest.raises(NotAllowed):
            actions.send_confirmation_code(acteur=stranger, autorisation=money, at=at)
        assert not Confirmation.objects.exists()


class TestAnAccount:
    @pytest.fixture
    def owed(self, acteur: Any, line: Autorisation, at: datetime) -> Any:
        return use(acteur, line, at, presence="absence", absence_reason="deadline")

    def test_is_due_within_a_day_and_shown_to_who_owes_it(
        self,
        acteur: Any,
        owed: Usage,
        bob: Affectation,
        bea: Affectation,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        """P-05: overdue or not, 100 % of the uses in absence have one; the référent sees them all."""
        assert owed.account_due_at == at + timedelta(hours=24)
        assert list(queries.accounts_owed(acteur)) == [owed]
        assert list(queries.accounts_owed(as_acteur(bea))) == [owed]
        assert not queries.accounts_owed(as_acteur(bob))

    def test_is_rendered_once(self, acteur: Any, owed: Usage, at: datetime) -> None:
        said = {"means": "paper", "text": "La demande d’aide au logement est envoyée."}

        actions.render_account(acteur=acteur, usage=owed, at=at, **said)
        row = actions.render_account(
            acteur=acteur, usage=owed, means="post", text="Autre chose", at=at + timedelta(days=2)
        )

        assert (row.account_means, row.account_rendered_at) == ("paper", at)
        entry = Entry.objects.get(event="mandats.account_rendered")
        assert '"late":false' in entry.facts_text
        assert "logement" not in entry.facts_text
        assert not queries.accounts_owed(acteur)

    def test_that_looks_like_a_secret_says_so_in_the_journal(
        self, acteur: Any, owed: Usage, at: datetime
    ) -> None:
        """P-12: what the aidant said is no secret is kept, and the journal says which kind it looked like."""
        text = "Le mdp : Soleil1950 du jeu a été écrit sur son carnet."
        actions.render_account(acteur=acteur, usage=owed, means="paper", text=text, at=at)
        entry = Entry.objects.get(event="mandats.account_rendered")
        assert entry.facts["secret_override"] == [PASSWORD]
        assert "Soleil" not in entry.facts_text

    def test_late_is_said_late(self, acteur: Any, owed: Usage, at: datetime) -> None:
        actions.render_account(
            acteur=acteur, usage=owed, means="post", text="Fait.", at=at + timedelta(hours=25)
        )

        assert '"late":true' in Entry.objects.get(event="mandats.account_rendered").facts_text

    def test_says_what_was_done_and_how_it_was_learned(
        self, acteur: Any, owed: Usage, line: Autorisation, at: datetime
    ) -> None:
        for wrong in ({"means": "paper", "text": "  "}, {"means": "owl", "text": "Fait."}):
            with pytest.raises(MandatRefused, match="ce qui a été fait"):
                actions.render_account(acteur=acteur, usage=owed, at=at, **wrong)
        present = use(acteur, line, at)
        with pytest.raises(MandatRefused, match="était là"):
            actions.render_account(acteur=acteur, usage=present, means="paper", text="Fait.", at=at)

    def test_is_rendered_by_the_structure_only(
        self, owed: Usage, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        with pytest.raises(NotAllowed):
            actions.render_account(
                acteur=as_acteur(charlie), usage=owed, means="paper", text="Fait.", at=at
            )
