from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from tandem.envois.models import Message
from tandem.journal.models import Entry
from tandem.kernel.periodic import jobs
from tandem.mandats import actions, queries
from tandem.mandats.actions import MandatRefused, NotAllowed
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.mandats.queries import Status, verification
from tandem.mandats.rules import EndKind, State
from tandem.mandats.tests.cast import ActeurOf
from tandem.mandats.tests.factories import ANDREI, line_of, signed_mandat, usager_of
from tandem.structures.models import SYSTEM_ACTEUR, Acteur, Affectation
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Notice, Usager


@pytest.fixture
def mandat(acteur: Acteur, rose: Usager, at: datetime) -> Any:
    """Housing and social, for a month."""
    return signed_mandat(acteur, rose, ["theme:logement", "theme:social"], at=at)


def ended(mandat: Mandat) -> Any:
    mandat.refresh_from_db()
    return mandat.ended_at, mandat.end_kind


def told(kind: str) -> Any:
    return Notice.objects.filter(key__startswith=f"mandat.{kind}:").count()


class TestRevoking:
    def test_a_whole_mandat_ends_all_its_lines_at_one_instant(
        self, acteur: Acteur, mandat: Mandat, at: datetime
    ) -> None:
        """P-38: no reason asked; the trace and the message are in the same act."""
        later = at + timedelta(hours=2)

        actions.revoke_mandat(acteur=acteur, mandat=mandat, at=later)

        assert ended(mandat) == (later, EndKind.REVOKED)
        assert {row.ended_at for row in mandat.autorisations.all()} == {later}
        events = list(Entry.objects.order_by("seq").values_list("event", flat=True))
        assert events[-3:] == ["mandats.autorisation_ended"] * 2 + ["mandats.ended"]
        assert told("revoked") == 1

    def test_one_line_leaves_the_others(self, acteur: Acteur, mandat: Mandat, at: datetime) -> None:
        actions.revoke_autorisation(
            acteur=acteur, autorisation=line_of(mandat, "theme:social"), at=at
        )

        assert ended(mandat) == (None, "")
        assert line_of(mandat, "theme:logement").ended_at is None
        assert told("revoked") == 1

    def test_the_last_line_ends_the_mandat(
        self, acteur: Acteur, mandat: Mandat, at: datetime
    ) -> None:
        for scope in ("theme:social", "theme:logement"):
            actions.revoke_autorisation(acteur=acteur, autorisation=line_of(mandat, scope), at=at)

        assert ended(mandat) == (at, EndKind.REVOKED)

    def test_everything_of_a_person_and_nothing_of_another(
        self, acteur: Acteur, rose: Usager, mandat: Mandat, at: datetime
    ) -> None:
        second = signed_mandat(acteur, rose, ["theme:argent"], at=at)
        his = signed_mandat(acteur, usager_of(acteur, at=at, identity=ANDREI, sub="b" * 66), at=at)

        assert actions.revoke_all(acteur=acteur, usager=rose, at=at) == [mandat, second]

        assert {ended(mandat)[1], ended(second)[1]} == {EndKind.REVOKED}
        assert ended(his) == (None, "")
        assert told("revoked") == 2

    def test_again_changes_nothing_and_tells_nobody(
        self, acteur: Acteur, mandat: Mandat, at: datetime
    ) -> None:
        """R-09."""
        actions.revoke_mandat(acteur=acteur, mandat=mandat, at=at)
        lines = Entry.objects.count()

        actions.revoke_mandat(acteur=acteur, mandat=mandat, at=at + timedelta(hours=1))

        assert ended(mandat)[0] == at
        assert Entry.objects.count() == lines
        assert told("revoked") == 1

    def test_is_open_to_every_aidant_and_referent_of_the_structure(
        self,
        acteur: Acteur,
        bob: Affectation,
        bea: Affectation,
        rose: Usager,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        """P-38."""
        Affectation.objects.filter(pk=bea.pk).update(habilite_at=None)
        for someone in (bob, bea):
            mandat = signed_mandat(acteur, rose, at=at)

            actions.revoke_mandat(acteur=as_acteur(someone), mandat=mandat, at=at)

            assert ended(mandat)[1] == EndKind.REVOKED

    def test_is_closed_to_strangers(
        self, mandat: Mandat, rose: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        stranger = as_acteur(charlie)

        for act in (
            lambda: actions.revoke_mandat(acteur=stranger, mandat=mandat, at=at),
            lambda: actions.revoke_autorisation(
                acteur=stranger, autorisation=line_of(mandat, "theme:social"), at=at
            ),
            lambda: actions.revoke_all(acteur=stranger, usager=rose, at=at),
            lambda: actions.renounce_mandat(acteur=stranger, mandat=mandat, pending=[], at=at),
            lambda: actions.finish_act(acteur=stranger, mandat=mandat, at=at),
        ):
            with pytest.raises(NotAllowed):
                act()
        assert ended(mandat) == (None, "")

    def test_by_the_paper_is_open_in_any_structure_and_opens_only_the_stop(
        self, mandat: Mandat, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-38: the slip brought to the desk of another structure."""
        stranger = as_acteur(charlie)
        typed = "-".join(mandat.verification_code[i : i + 4] for i in range(0, 28, 4)).lower()

        actions.revoke_by_code(acteur=stranger, code=typed, at=at)

        assert ended(mandat)[1] == EndKind.REVOKED
        assert not queries.mandats_visible_to(stranger)

    def test_by_a_paper_nobody_signed_is_refused(
        self, mandat: Mandat, acteur: Acteur, at: datetime
    ) -> None:
        for code in ("", "A" * 28, mandat.verification_code[:-1]):
            with pytest.raises(MandatRefused, match="Aucun mandat"):
                actions.revoke_by_code(acteur=acteur, code=code, at=at)

    def test_by_the_paper_is_closed_to_nobody_in_particular(
        self, mandat: Mandat, at: datetime
    ) -> None:
        with pytest.raises(NotAllowed):
            actions.revoke_by_code(acteur=SYSTEM_ACTEUR, code=mandat.verification_code, at=at)


class TestRenouncing:
    def test_ends_everything_and_lists_what_cannot_wait(
        self, acteur: Acteur, mandat: Mandat, at: datetime
    ) -> None:
        """P-18."""
        actions.renounce_mandat(acteur=acteur, mandat=mandat, pending=["theme:social"], at=at)

        assert ended(mandat) == (at, EndKind.RENOUNCED)
        assert '"pending":["theme:social"]' in Entry.objects.get(event="mandats.ended").facts_text
        assert told("renounced") == 1

    def test_is_for_who_signed_and_for_the_referent(
        self, mandat: Mandat, bob: Affectation, bea: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        with pytest.raises(NotAllowed, match="référent"):
            actions.renounce_mandat(acteur=as_acteur(bob), mandat=mandat, pending=[], at=at)

        actions.renounce_mandat(acteur=as_acteur(bea), mandat=mandat, pending=[], at=at)

        assert ended(mandat)[1] == EndKind.RENOUNCED

    def test_of_something_not_in_the_mandat_is_refused(
        self, acteur: Acteur, mandat: Mandat, at: datetime
    ) -> None:
        with pytest.raises(MandatRefused):
            actions.renounce_mandat(acteur=acteur, mandat=mandat, pending=["theme:argent"], at=at)


class TestAOneActMandat:
    def test_closes_itself_when_the_demarche_is_filed(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        mandat = signed_mandat(acteur, rose, duree="acte", at=at)

        actions.finish_act(acteur=acteur, mandat=mandat, at=at)

        assert ended(mandat) == (at, EndKind.DONE)
        assert told("done") == 1

    def test_is_not_what_a_longer_one_is(
        self, acteur: Acteur, mandat: Mandat, at: datetime
    ) -> None:
        with pytest.raises(MandatRefused, match="date de fin"):
            actions.finish_act(acteur=acteur, mandat=mandat, at=at)


class TestExpiring:
    def test_ends_at_the_end_whenever_the_job_comes(self, mandat: Mandat, at: datetime) -> None:
        late = mandat.ends_at + timedelta(days=3)

        assert actions.expire_due(at=mandat.ends_at - timedelta(seconds=1)) == 0
        assert actions.expire_due(at=late) == 1

        assert ended(mandat) == (mandat.ends_at, EndKind.EXPIRED)
        assert told("expired") == 1
        entry = Entry.objects.get(event="mandats.ended")
        assert (entry.author_kind, entry.chain) == ("system", str(mandat.structure.public_id))

    def test_runs_twice_without_harm(self, mandat: Mandat) -> None:
        actions.expire_due(at=mandat.ends_at)

        assert actions.expire_due(at=mandat.ends_at) == 0
        assert told("expired") == 1

    def test_a_stop_after_the_end_says_expired(self, acteur: Acteur, mandat: Mandat) -> None:
        actions.revoke_mandat(acteur=acteur, mandat=mandat, at=mandat.ends_at + timedelta(days=1))

        assert ended(mandat) == (mandat.ends_at, EndKind.EXPIRED)


class TestAnnouncing:
    def test_tells_once_per_announcement_and_per_mandat_never_per_line(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-08: 30, 15 and 3 days before."""
        mandat = signed_mandat(acteur, rose, ["theme:logement", "theme:social"], duree="an", at=at)
        counts = []

        for days in (40, 30, 29, 15, 14, 3, 1):
            when = (mandat.ends_at - timedelta(days=days)).replace(hour=10)
            actions.announce_endings(at=when + timedelta(hours=14) if when < at else when)
            counts.append(told("ending"))

        assert counts[-1] == 3
        assert Entry.objects.filter(event="mandats.ending_announced").count() == 3

    def test_says_nothing_of_a_mandat_stopped(
        self, acteur: Acteur, mandat: Mandat, at: datetime
    ) -> None:
        actions.revoke_mandat(acteur=acteur, mandat=mandat, at=at)

        assert actions.announce_endings(at=at + timedelta(days=29)) == 0

    def test_shows_the_structure_what_ends_soon(
        self, acteur: Acteur, mandat: Mandat, at: datetime
    ) -> None:
        def soon(when: datetime) -> list[Mandat]:
            return list(queries.mandats_listed(acteur, state=State.ENDING, at=when))

        assert soon(at) == []
        assert soon(at + timedelta(days=2)) == [mandat]


class TestTheWorker:
    def test_knows_what_is_done_at_the_end(self) -> None:
        assert {"mandats.expire", "mandats.announce"} <= set(jobs())


class TestErasing:
    def test_a_person_keeps_the_seal_and_loses_the_words(
        self,
        acteur: Acteur,
        bea: Affectation,
        rose: Usager,
        mandat: Mandat,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        """P-22."""
        seal = mandat.seal

        erase_usager(acteur=as_acteur(bea), usager=rose, at=at)

        mandat.refresh_from_db()
        assert (mandat.snapshot, mandat.verification_code, mandat.seal) == ("", "", seal)
        assert mandat.erased_at == at
        assert not Autorisation.objects.filter(ended_at=None).exists()
        assert Usager.objects.get(pk=rose.pk).erased_at == at


class TestVerifying:
    def test_says_five_fields_of_a_live_mandat(self, mandat: Mandat, at: datetime) -> None:
        """P-45: valid or not, scope, end, structure, seal."""
        result = verification(mandat.verification_code, at=at)

        assert result.status is Status.VALID
        assert len(result.scopes) == 2
        assert (result.ends_at, result.structure_name, result.seal) == (
            mandat.ends_at,
            mandat.structure.name,
            mandat.seal,
        )

    def test_says_ended_at_once_and_not_why(
        self, acteur: Acteur, rose: Usager, mandat: Mandat, at: datetime
    ) -> None:
        actions.revoke_mandat(acteur=acteur, mandat=mandat, at=at)
        assert verification(mandat.verification_code, at=at).status is Status.ENDED

        other = signed_mandat(acteur, rose, at=at)
        assert verification(other.verification_code, at=other.ends_at).status is Status.ENDED
        for values in (
            {"frozen_at": at, "freeze_reason": "doubt"},
            {"frozen_at": None, "freeze_reason": "", "died_known_at": at},
        ):
            Usager.objects.filter(pk=rose.pk).update(**values)
            assert verification(other.verification_code, at=at).status is Status.ENDED

    def test_no_longer_shows_a_line_that_was_stopped(
        self, acteur: Acteur, mandat: Mandat, at: datetime
    ) -> None:
        actions.revoke_autorisation(
            acteur=acteur, autorisation=line_of(mandat, "theme:social"), at=at
        )

        assert len(verification(mandat.verification_code, at=at).scopes) == 1

    @pytest.mark.parametrize("code", ["", "x", "A" * 28, "é" * 28])
    def test_says_nothing_of_an_unknown_code(self, mandat: Mandat, at: datetime, code: str) -> None:
        result = verification(code, at=at)

        assert (result.status, result.scopes, result.seal) == (Status.UNKNOWN, (), "")

    def test_each_code_is_its_own_and_long_enough(
        self, acteur: Acteur, rose: Usager, mandat: Mandat, at: datetime
    ) -> None:
        """S-41: 134 bits."""
        other = signed_mandat(acteur, rose, ["theme:argent"], at=at)

        assert len({mandat.verification_code, other.verification_code}) == 2
        assert len(mandat.verification_code) == 28


def test_nothing_is_sent_without_the_act(
    acteur: Acteur, mandat: Mandat, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-30: the message and the act stand or fall together."""

    def broken(_lines: Any) -> None:
        raise OSError("no space")

    monkeypatch.setattr("tandem.mandats.actions.ends.record_all", broken)
    with pytest.raises(OSError, match="no space"), transaction.atomic():
        actions.revoke_mandat(acteur=acteur, mandat=mandat, at=at)

    assert Mandat.objects.get(pk=mandat.pk).ended_at is None
    assert not Usage.objects.exists()
    assert not Message.objects.exists()
    assert told("revoked") == 0
