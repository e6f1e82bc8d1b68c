from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tandem.journal.models import Entry
from tandem.mandats import actions, queries
from tandem.mandats.actions import MandatRefused, NotAllowed, UseRefused
from tandem.mandats.models import Autorisation, Confirmation, Mandat, MandatAidant, Usage
from tandem.mandats.queries import CONDITIONS, use_refusal
from tandem.mandats.queries.uses import OF_THE_SERVICE
from tandem.mandats.tests.factories import line_of, signed_mandat, usager_of
from tandem.referentiels.rules import REP_SCOPES
from tandem.structures.models import Affectation, CharteAcceptance, Structure
from tandem.usagers.models import Notice, Suivi, Usager


@pytest.fixture
def line(acteur, rose, at):
    """Rose allowed housing, present or not."""
    return line_of(signed_mandat(acteur, rose, ways=("presence", "absence"), at=at))


@pytest.fixture
def money(acteur, rose, at):
    """Rose allowed money too."""
    return line_of(
        signed_mandat(acteur, rose, ["theme:argent"], ways=("presence", "absence"), at=at)
    )


def ask(acteur, line, at, **changes):
    asked = {
        "presence": "presence",
        "requested_rep_scopes": [REP_SCOPES["logement"], REP_SCOPES["argent"]],
        "category_allowed": {"logement", "argent"},
    }
    return use_refusal(acteur=acteur, autorisation=line, at=at, **(asked | changes))


def use(acteur, line, at, **changes):
    values = {
        "presence": "presence",
        "absence_reason": "",
        "service_declared": "Caisse d’allocations familiales",
        "relying_party": "franceconnect",
        "transaction": uuid4(),
        "confirmation": None,
    }
    return actions.record_use(acteur=acteur, autorisation=line, at=at, **(values | changes))


def change(model, **values):
    """Something happened in the database since the page was shown."""

    def happen(pk):
        model.objects.filter(pk=pk).update(**values)

    return happen


def fall(name, line, acteur, at):
    """Make one condition fall, in the database, behind the objects already read."""
    ends = at - timedelta(minutes=1)
    falls = {
        "affectation_live": lambda: change(Affectation, ended_at=at)(acteur.affectation.pk),
        "compte_active": lambda: change(type(acteur.compte), is_active=False, deactivated_at=at)(
            acteur.compte.pk
        ),
        "structure_open": lambda: change(Structure, closed_at=at)(acteur.structure.pk),
        "habilite": lambda: change(Affectation, habilite_at=None)(acteur.affectation.pk),
        "charte": lambda: CharteAcceptance.objects.all().delete(),
        "team_access": lambda: (
            change(Usager, team_access=False)(line.usager_id),
            Suivi.objects.all().delete(),
        ),
        "named": lambda: change(Mandat, whole_team=False)(line.mandat_id),
        "line_not_ended": lambda: change(Autorisation, ended_at=at, end_kind="revoked")(line.pk),
        "mandat_not_ended": lambda: change(Mandat, ended_at=at, end_kind="revoked")(line.mandat_id),
        "line_started": lambda: change(Autorisation, started_at=at + timedelta(minutes=1))(line.pk),
        "line_not_past": lambda: change(
            Autorisation, started_at=ends - timedelta(days=1), ends_at=ends
        )(line.pk),
        "cool_off": lambda: change(Mandat, cool_off_until=at + timedelta(hours=1))(line.mandat_id),
        "usager_alive": lambda: change(Usager, died_known_at=at)(line.usager_id),
        "usager_not_frozen": lambda: change(Usager, frozen_at=at, freeze_reason="dispute")(
            line.usager_id
        ),
        "rung": lambda: change(Usager, rung="piece_vue")(line.usager_id),
        "theme_of_acteur": lambda: change(Structure, allowed_themes=["social"])(
            acteur.structure.pk
        ),
    }
    falls[name]()


BY_THE_QUESTION = {
    "presence_known": {"presence": "asleep"},
    "presence_allowed": {"presence": "telephone"},
    "category": {"category_allowed": {"justice"}},
    "rep_scope": {"requested_rep_scopes": [REP_SCOPES["transports"]]},
}
# Shown by tests of their own, below.
APART = {"same_structure", "rep_scope_declared", "fresh_confirmation"}
BY_THE_DATABASE = [
    c.name for c in CONDITIONS if c.name not in BY_THE_QUESTION and c.name not in APART
]


class TestUsing:
    def test_is_open_when_every_condition_holds(self, acteur, line, at):
        assert ask(acteur, line, at) is None
        assert ask(acteur, line, at, presence="absence") is None

    @pytest.mark.parametrize("name", BY_THE_DATABASE)
    def test_stops_at_once_when_one_condition_falls(self, acteur, line, at, name):
        """S-02: read again from the database, not from the objects at hand."""
        expected = next(str(c.sentence) for c in CONDITIONS if c.name == name)

        fall(name, line, acteur, at)

        assert ask(acteur, line, at) == expected

    @pytest.mark.parametrize("name", BY_THE_DATABASE)
    def test_writes_nothing_when_one_condition_falls(self, acteur, line, at, name):
        """I4: no use under something that does not hold."""
        fall(name, line, acteur, at)

        with pytest.raises(UseRefused):
            use(acteur, line, at)

        assert not Usage.objects.exists()

    @pytest.mark.parametrize("name", sorted(BY_THE_QUESTION))
    def test_is_refused_for_what_is_asked(self, acteur, line, at, name):
        """P-05, P-07."""
        expected = next(str(c.sentence) for c in CONDITIONS if c.name == name)

        assert ask(acteur, line, at, **BY_THE_QUESTION[name]) == expected

    def test_every_condition_of_the_table_is_shown_to_bite(self):
        names = {condition.name for condition in CONDITIONS}

        assert names == set(BY_THE_DATABASE) | set(BY_THE_QUESTION) | APART
        assert names > OF_THE_SERVICE
        assert len({str(condition.sentence) for condition in CONDITIONS}) == len(CONDITIONS)

    def test_is_closed_to_an_aidant_elsewhere(self, line, charlie, as_acteur, at):
        assert "autre structure" in ask(as_acteur(charlie), line, at)

    def test_is_open_to_a_colleague_and_closed_when_the_mandat_names_others(
        self, acteur, rose, bob, as_acteur, at
    ):
        """P-39: intuitu personae."""
        colleague = as_acteur(bob)
        mandat = signed_mandat(acteur, rose, at=at)
        assert ask(colleague, line_of(mandat), at) is None

        named = signed_mandat(
            acteur, rose, aidants=(str(acteur.affectation.public_id),), at=at + timedelta(minutes=1)
        )

        assert "n’en faites pas partie" in ask(colleague, line_of(named), at + timedelta(minutes=1))
        assert ask(acteur, line_of(named), at + timedelta(minutes=1)) is None
        assert MandatAidant.objects.get(mandat=named).affectation == acteur.affectation

    def test_waits_a_day_after_a_doubt(self, acteur, rose, at):
        """P-36."""
        line = line_of(signed_mandat(acteur, rose, alone="later", at=at))

        assert "lendemain" in ask(acteur, line, at)
        assert ask(acteur, line, at + timedelta(hours=24)) is None

    def test_stops_one_second_after_the_end_before_any_job(self, acteur, line, at):
        """P-08."""
        assert ask(acteur, line, line.ends_at - timedelta(seconds=1)) is None
        assert "date de fin" in ask(acteur, line, line.ends_at)

    def test_of_an_undeclared_perimeter_is_allowed_but_for_money_and_justice(
        self, acteur, line, money, at
    ):
        """P-07, decision 9."""
        actions.record_paper_confirmation(acteur=acteur, autorisation=money, at=at)

        assert ask(acteur, line, at, requested_rep_scopes=[]) is None
        assert "ne dit pas" in ask(acteur, money, at, requested_rep_scopes=[])

    def test_asks_the_database_a_fixed_small_number_of_questions(self, acteur, money, at):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ask(acteur, money, at)

        assert len(captured) <= 5

    @pytest.mark.parametrize("theme", sorted(REP_SCOPES))
    def test_never_opens_money_nor_justice_without_the_person(self, acteur, rose, at, theme):
        """P-06: scope matrix."""
        line = line_of(
            signed_mandat(acteur, rose, [f"theme:{theme}"], ways=("presence", "absence"), at=at)
        )
        asked = {"requested_rep_scopes": [REP_SCOPES[theme]], "category_allowed": {theme}}
        always_asks = theme in {"argent", "justice"}

        for presence in ("presence", "absence"):
            refusal = ask(acteur, line, at, presence=presence, **asked)
            assert (refusal is not None) == always_asks

        if always_asks:
            actions.record_paper_confirmation(acteur=acteur, autorisation=line, at=at)
            assert ask(acteur, line, at, **asked) is None


class TestAUse:
    def test_is_written_once_whatever_is_retried(self, acteur, line, at):
        transaction = uuid4()

        one = use(acteur, line, at, transaction=transaction)
        again = use(acteur, line, at + timedelta(seconds=2), transaction=transaction)

        assert one == again
        assert Entry.objects.filter(event="mandats.autorisation_used").count() == 1
        assert Notice.objects.filter(key__startswith="mandat.used").count() == 1

    def test_of_one_transaction_serves_one_line(self, acteur, line, money, at):
        transaction = uuid4()
        use(acteur, line, at, transaction=transaction)

        with pytest.raises(UseRefused, match="autre démarche"):
            use(acteur, money, at, transaction=transaction)

    def test_leaves_a_trace_without_the_service_nor_any_name(self, acteur, line, at):
        """P-09: which sentence was shown; the service is as declared, and stays out of the chain."""
        usage = use(acteur, line, at)

        entry = Entry.objects.get(event="mandats.autorisation_used")
        assert entry.subject_id == usage.public_id
        assert "allocations" not in entry.facts_text
        assert '"sentence":"2026-11"' in entry.facts_text
        usage.refresh_from_db()
        assert usage.service_declared == "Caisse d’allocations familiales"

    def test_tells_the_person_without_naming_the_demarche(self, acteur, line, at):
        """S-31."""
        use(acteur, line, at)

        body = Notice.objects.get(key__startswith="mandat.used").body
        assert "10 h 00" in body  # in Paris
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
        self, acteur, line, at, presence, reason, accepted
    ):
        """P-05: every combination."""
        if not accepted:
            with pytest.raises(UseRefused):
                use(acteur, line, at, presence=presence, absence_reason=reason)
            return

        usage = use(acteur, line, at, presence=presence, absence_reason=reason)

        assert (usage.account_due_at is not None) == (presence == "absence")

    def test_in_presence_moves_the_last_contact_and_in_absence_does_not(
        self, acteur, rose, line, at
    ):
        """P-21."""
        use(acteur, line, at + timedelta(hours=1), presence="absence", absence_reason="asked")
        rose.refresh_from_db()
        assert rose.last_contact_at == at

        use(acteur, line, at + timedelta(hours=2))

        rose.refresh_from_db()
        assert rose.last_contact_at == at + timedelta(hours=2)

    def test_of_money_holds_the_persons_confirmation(self, acteur, money, line, at):
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
    def test_on_paper_is_worth_its_day_where_the_structure_is(self, acteur, money, at):
        """P-06: the signed paper of the day."""
        paper = actions.record_paper_confirmation(acteur=acteur, autorisation=money, at=at)

        evening = at.replace(hour=22, minute=59, second=58)  # 23:59:58 in Paris
        assert queries.fresh_confirmation(money, at=evening) == paper
        assert queries.fresh_confirmation(money, at=evening + timedelta(seconds=1)) is None

    def test_on_paper_is_recorded_once_a_day(self, acteur, money, at):
        """S-24."""
        one = actions.record_paper_confirmation(acteur=acteur, autorisation=money, at=at)

        again = actions.record_paper_confirmation(
            acteur=acteur, autorisation=money, at=at + timedelta(minutes=5)
        )

        assert again == one
        assert Entry.objects.filter(event="mandats.confirmation_recorded").count() == 1

    def test_by_code_lasts_a_quarter_of_an_hour(self, acteur, money, at, monkeypatch):
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

    def test_is_of_a_line_that_asks_for_it_and_is_alive(self, acteur, line, money, at):
        with pytest.raises(MandatRefused, match="ne demande pas"):
            actions.record_paper_confirmation(acteur=acteur, autorisation=line, at=at)
        actions.revoke_autorisation(acteur=acteur, autorisation=money, at=at)
        for ask_for in (
            lambda: actions.record_paper_confirmation(acteur=acteur, autorisation=money, at=at),
            lambda: actions.send_confirmation_code(acteur=acteur, autorisation=money, at=at),
        ):
            with pytest.raises(MandatRefused, match="terminée"):
                ask_for()

    def test_is_not_recorded_by_an_aidant_elsewhere(self, money, charlie, as_acteur, at):
        stranger = as_acteur(charlie)

        with pytest.raises(NotAllowed):
            actions.record_paper_confirmation(acteur=stranger, autorisation=money, at=at)
        with pytest.raises(NotAllowed):
            actions.send_confirmation_code(acteur=stranger, autorisation=money, at=at)
        assert not Confirmation.objects.exists()


class TestAnAccount:
    @pytest.fixture
    def owed(self, acteur, line, at):
        return use(acteur, line, at, presence="absence", absence_reason="deadline")

    def test_is_due_within_a_day_and_shown_to_who_owes_it(
        self, acteur, owed, bob, bea, as_acteur, at
    ):
        """P-05: overdue or not, 100 % of the uses in absence have one; the référent sees them all."""
        assert owed.account_due_at == at + timedelta(hours=24)
        assert queries.needing_attention(acteur, at).accounts == [owed]
        assert queries.needing_attention(as_acteur(bea), at).accounts_count == 1
        assert queries.needing_attention(as_acteur(bob), at).accounts == []

    def test_is_rendered_once(self, acteur, owed, at):
        said = {"means": "paper", "text": "La demande d’aide au logement est envoyée."}

        actions.render_account(acteur=acteur, usage=owed, at=at, **said)
        row = actions.render_account(
            acteur=acteur, usage=owed, means="post", text="Autre chose", at=at + timedelta(days=2)
        )

        assert (row.account_means, row.account_rendered_at) == ("paper", at)
        entry = Entry.objects.get(event="mandats.account_rendered")
        assert '"late":false' in entry.facts_text
        assert "logement" not in entry.facts_text
        assert queries.needing_attention(acteur, at).accounts == []

    def test_late_is_said_late(self, acteur, owed, at):
        actions.render_account(
            acteur=acteur, usage=owed, means="post", text="Fait.", at=at + timedelta(hours=25)
        )

        assert '"late":true' in Entry.objects.get(event="mandats.account_rendered").facts_text

    def test_says_what_was_done_and_how_it_was_learned(self, acteur, owed, line, at):
        for wrong in ({"means": "paper", "text": "  "}, {"means": "owl", "text": "Fait."}):
            with pytest.raises(MandatRefused, match="ce qui a été fait"):
                actions.render_account(acteur=acteur, usage=owed, at=at, **wrong)
        present = use(acteur, line, at)
        with pytest.raises(MandatRefused, match="était là"):
            actions.render_account(acteur=acteur, usage=present, means="paper", text="Fait.", at=at)

    def test_is_rendered_by_the_structure_only(self, owed, charlie, as_acteur, at):
        with pytest.raises(NotAllowed):
            actions.render_account(
                acteur=as_acteur(charlie), usage=owed, means="paper", text="Fait.", at=at
            )


class TestLinesToChooseFrom:
    def test_are_those_alive_and_allowed_now(self, acteur, rose, at):
        signed_mandat(acteur, rose, ["theme:logement", "theme:social"], at=at)

        def shown(when=at):
            rows = queries.autorisations_usable(acteur=acteur, usager=rose, at=when)
            return [row.scope for row in rows]

        assert shown() == ["theme:logement", "theme:social"]
        actions.revoke_autorisation(
            acteur=acteur, autorisation=Autorisation.objects.get(scope="theme:social"), at=at
        )
        assert shown() == ["theme:logement"]
        assert shown(at + timedelta(days=40)) == []
        Structure.objects.filter(pk=acteur.structure.pk).update(allowed_themes=["social"])
        acteur.structure.refresh_from_db()
        assert shown() == []

    def test_are_hidden_from_an_aidant_elsewhere(self, acteur, rose, charlie, as_acteur, line, at):
        stranger = as_acteur(charlie)
        usager_of(stranger, at=at)

        assert not queries.autorisations_usable(acteur=stranger, usager=rose, at=at)
        assert not queries.mandats_visible_to(stranger)
        assert not queries.autorisations_visible_to(stranger)
        assert not queries.usages_visible_to(stranger)
