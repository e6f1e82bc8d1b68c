from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tandem.mandats import actions, queries
from tandem.mandats.actions import UseRefused
from tandem.mandats.models import Autorisation, Mandat, MandatAidant, Usage
from tandem.mandats.queries import CONDITIONS, use_refusal
from tandem.mandats.queries.uses import OF_THE_SERVICE
from tandem.mandats.tests.cast import ActeurOf
from tandem.mandats.tests.factories import line_of, signed_mandat, usager_of, use
from tandem.referentiels.rules import REP_SCOPES
from tandem.structures.models import Affectation, CharteAcceptance, Structure
from tandem.usagers.models import Suivi, Usager


def ask(acteur: Any, line: Autorisation, at: datetime, **changes: Any) -> Any:
    asked: dict[str, Any] = {
        "presence": "presence",
        "requested_rep_scopes": [REP_SCOPES["logement"], REP_SCOPES["argent"]],
        "category_allowed": {"logement", "argent"},
    }
    return use_refusal(acteur=acteur, autorisation=line, at=at, **(asked | changes))


def change(model: Any, **values: Any) -> Any:
    """Something happened in the database since the page was shown."""

    def happen(pk: Any) -> None:
        model.objects.filter(pk=pk).update(**values)

    return happen


def fall(name: str, line: Autorisation, acteur: Any, at: datetime) -> None:
    """Make one condition fall, in the database, behind the objects already read."""
    ends = at - timedelta(minutes=1)
    falls = {
        "not_practice": lambda: change(Structure, practice_of=acteur.compte)(acteur.structure.pk),
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
        "signed_on_paper": lambda: change(Mandat, consent_method="paper")(line.mandat_id),
        "signed_below_franceconnect": lambda: change(Mandat, rung="piece_vue")(line.mandat_id),
        "theme_of_acteur": lambda: change(Structure, allowed_themes=["social"])(
            acteur.structure.pk
        ),
    }
    falls[name]()


BY_THE_QUESTION: dict[str, Any] = {
    "presence_known": {"presence": "asleep"},
    "presence_allowed": {"presence": "telephone"},
    "category": {"category_allowed": {"justice"}},
    "rep_scope": {"requested_rep_scopes": [REP_SCOPES["transports"]]},
}


# The last one is shown in papier: below it, "rung" refuses first.
APART = {"same_structure", "rep_scope_declared", "fresh_confirmation", "rung_of_paper"}


BY_THE_DATABASE = [
    c.name for c in CONDITIONS if c.name not in BY_THE_QUESTION and c.name not in APART
]


class TestUsing:
    def test_is_open_when_every_condition_holds(
        self, acteur: Any, line: Autorisation, at: datetime
    ) -> None:
        assert ask(acteur, line, at) is None
        assert ask(acteur, line, at, presence="absence") is None

    @pytest.mark.parametrize("name", BY_THE_DATABASE)
    def test_stops_at_once_when_one_condition_falls(
        self, acteur: Any, line: Autorisation, at: datetime, name: str
    ) -> None:
        """S-02: read again from the database, not from the objects at hand."""
        expected = next(str(c.sentence) for c in CONDITIONS if c.name == name)

        fall(name, line, acteur, at)

        assert ask(acteur, line, at) == expected

    @pytest.mark.parametrize("name", BY_THE_DATABASE)
    def test_writes_nothing_when_one_condition_falls(
        self, acteur: Any, line: Autorisation, at: datetime, name: str
    ) -> None:
        """I4: no use under something that does not hold."""
        fall(name, line, acteur, at)

        with pytest.raises(UseRefused):
            use(acteur, line, at)

        assert not Usage.objects.exists()

    @pytest.mark.parametrize("name", sorted(BY_THE_QUESTION))
    def test_is_refused_for_what_is_asked(
        self, acteur: Any, line: Autorisation, at: datetime, name: str
    ) -> None:
        """P-05, P-07."""
        expected = next(str(c.sentence) for c in CONDITIONS if c.name == name)

        assert ask(acteur, line, at, **BY_THE_QUESTION[name]) == expected

    def test_every_condition_of_the_table_is_shown_to_bite(self) -> None:
        names = {condition.name for condition in CONDITIONS}

        assert names == set(BY_THE_DATABASE) | set(BY_THE_QUESTION) | APART
        assert names > OF_THE_SERVICE
        assert len({str(condition.sentence) for condition in CONDITIONS}) == len(CONDITIONS)

    def test_is_closed_to_an_aidant_elsewhere(
        self, line: Autorisation, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        assert "autre structure" in ask(as_acteur(charlie), line, at)

    def test_is_open_to_a_colleague_and_closed_when_the_mandat_names_others(
        self, acteur: Any, rose: Usager, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
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

    def test_waits_a_day_after_a_doubt(self, acteur: Any, rose: Usager, at: datetime) -> None:
        """P-36."""
        line = line_of(signed_mandat(acteur, rose, alone="later", at=at))

        assert "lendemain" in ask(acteur, line, at)
        assert ask(acteur, line, at + timedelta(hours=24)) is None

    def test_stops_one_second_after_the_end_before_any_job(
        self, acteur: Any, line: Autorisation, at: datetime
    ) -> None:
        """P-08."""
        assert ask(acteur, line, line.ends_at - timedelta(seconds=1)) is None
        assert "date de fin" in ask(acteur, line, line.ends_at)

    def test_of_an_undeclared_perimeter_is_allowed_but_for_money_and_justice(
        self, acteur: Any, line: Autorisation, money: Autorisation, at: datetime
    ) -> None:
        """P-07, decision 9."""
        actions.record_paper_confirmation(acteur=acteur, autorisation=money, at=at)

        assert ask(acteur, line, at, requested_rep_scopes=[]) is None
        assert "ne dit pas" in ask(acteur, money, at, requested_rep_scopes=[])

    def test_asks_the_database_a_fixed_small_number_of_questions(
        self, acteur: Any, money: Autorisation, at: datetime
    ) -> None:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ask(acteur, money, at)

        assert len(captured) <= 5

    @pytest.mark.parametrize("theme", sorted(REP_SCOPES))
    def test_never_opens_money_nor_justice_without_the_person(
        self, acteur: Any, rose: Usager, at: datetime, theme: str
    ) -> None:
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


class TestLinesToChooseFrom:
    def test_are_those_alive_and_allowed_now(self, acteur: Any, rose: Usager, at: datetime) -> Any:
        signed_mandat(acteur, rose, ["theme:logement", "theme:social"], at=at)

        def shown(when: datetime = at) -> Any:
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

    def test_are_hidden_from_an_aidant_elsewhere(
        self,
        acteur: Any,
        rose: Usager,
        charlie: Affectation,
        as_acteur: ActeurOf,
        line: Autorisation,
        at: datetime,
    ) -> None:
        stranger = as_acteur(charlie)
        usager_of(stranger, at=at)

        assert not queries.autorisations_usable(acteur=stranger, usager=rose, at=at)
        assert not queries.mandats_visible_to(stranger)
        assert not queries.autorisations_visible_to(stranger)
        assert not queries.usages_visible_to(stranger)
