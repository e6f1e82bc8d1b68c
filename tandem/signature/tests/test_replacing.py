from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tandem.journal.models import Entry
from tandem.mandats import actions
from tandem.mandats.actions import (
    IdentityRefused,
    MandatRefused,
    NotAllowed,
)
from tandem.mandats.models import Autorisation, Mandat
from tandem.mandats.rules import EndKind
from tandem.mandats.tests.cast import ActeurOf
from tandem.mandats.tests.factories import (
    ANDREI,
    identity_of,
    line_of,
    signed_mandat,
    usager_of,
)
from tandem.signature.actions import link_transfer, sign_draft, start_renewal
from tandem.signature.tests.factories import complete_answers, ready_draft
from tandem.structures.models import Affectation
from tandem.usagers.models import Usager


class TestReplacing:
    def test_ends_the_same_scope_at_the_very_instant_of_the_signature(
        self, acteur: Any, rose: Usager, at: datetime
    ) -> None:
        former = signed_mandat(acteur, rose, ["theme:logement", "theme:social"], at=at)
        later = at + timedelta(days=1)

        mandat = signed_mandat(acteur, rose, ["theme:logement"], at=later)

        ended = line_of(former, "theme:logement")
        assert (ended.ended_at, ended.end_kind) == (later, EndKind.SUPERSEDED)
        assert line_of(former, "theme:social").ended_at is None
        former.refresh_from_db()
        assert former.ended_at is None
        changed = Entry.objects.get(event="mandats.changed")
        assert changed.subject_id == mandat.public_id
        assert f'"former":["mandat:{former.public_id}"]' in changed.facts_text

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("theme:logement", "demarche:cheque-energie"),
            ("demarche:cheque-energie", "theme:logement"),
        ],
    )
    def test_a_theme_and_a_demarche_inside_it_exclude_each_other(
        self, acteur: Any, rose: Usager, at: datetime, first: str, second: str
    ) -> None:
        former = signed_mandat(acteur, rose, [first], at=at)

        signed_mandat(acteur, rose, [second], at=at + timedelta(hours=1))

        former.refresh_from_db()
        assert former.end_kind == EndKind.SUPERSEDED
        assert [row.scope for row in Autorisation.objects.filter(ended_at=None)] == [second]

    def test_first_ends_what_is_past_because_an_index_cannot_read_the_clock(
        self, acteur: Any, rose: Usager, at: datetime
    ) -> None:
        former = signed_mandat(acteur, rose, duree="jour", at=at)

        signed_mandat(acteur, rose, at=at + timedelta(days=40))

        former.refresh_from_db()
        assert (former.ended_at, former.end_kind) == (former.ends_at, EndKind.EXPIRED)

    def test_touches_no_other_person_nor_structure(
        self, acteur: Any, rose: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        there = as_acteur(charlie)
        elsewhere = signed_mandat(there, usager_of(there, at=at), at=at)
        andrei = usager_of(acteur, at=at, identity=ANDREI, sub="b" * 66)
        his = signed_mandat(acteur, andrei, at=at)

        signed_mandat(acteur, rose, at=at)

        assert line_of(elsewhere).ended_at is None
        assert line_of(his).ended_at is None

    def test_is_all_or_nothing(
        self, acteur: Any, rose: Usager, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """S-30: when the trace cannot be written, nothing happened."""
        former = signed_mandat(acteur, rose, at=at)

        def broken(*_args: Any, **_kwargs: Any) -> None:
            raise OSError("no space")

        monkeypatch.setattr("tandem.mandats.actions.sign.record_all", broken)
        with pytest.raises(OSError, match="no space"), transaction.atomic():
            signed_mandat(acteur, rose, at=at + timedelta(hours=1))

        assert line_of(former).ended_at is None
        assert Mandat.objects.count() == 1


class TestTheDatabase:
    def test_holds_one_live_autorisation_per_structure_usager_and_scope(
        self, acteur: Any, rose: Usager, at: datetime
    ) -> None:
        """R-10, I3."""
        line = line_of(signed_mandat(acteur, rose, at=at))
        other = signed_mandat(acteur, rose, ["theme:social"], at=at)

        with pytest.raises(IntegrityError), transaction.atomic():
            Autorisation.objects.create(
                mandat=other, structure=line.structure, usager=rose, scope=line.scope, theme=line.theme,
                presence_allowed=["presence"], started_at=at, ends_at=line.ends_at,
            )  # fmt: skip

    @pytest.mark.parametrize(
        "values",
        [
            {"seal": ""},
            {"snapshot": ""},
            {"ends_at": None},
            {"text_version": ""},
            {"duree": "toujours"},
            {"end_kind": "revoked"},
        ],
        ids=str,
    )
    def test_refuses_a_mandat_that_does_not_state_everything(
        self, acteur: Any, rose: Usager, at: datetime, values: Any
    ) -> None:
        """P-01."""
        mandat = signed_mandat(acteur, rose, at=at)

        with pytest.raises(IntegrityError), transaction.atomic():
            Mandat.objects.filter(pk=mandat.pk).update(**values)

    @pytest.mark.parametrize(
        "values",
        [{"scope": "all"}, {"theme": ""}, {"ended_at": None, "end_kind": "revoked"}],
        ids=str,
    )
    def test_refuses_a_line_without_scope_theme_or_reason(
        self, acteur: Any, rose: Usager, at: datetime, values: Any
    ) -> None:
        line = line_of(signed_mandat(acteur, rose, at=at))

        with pytest.raises(IntegrityError), transaction.atomic():
            Autorisation.objects.filter(pk=line.pk).update(**values)


class TestRenewing:
    def renewal(self, acteur: Any, mandat: Mandat, at: datetime, **changes: Any) -> Any:
        draft = start_renewal(acteur=acteur, mandat=mandat, at=at)
        known: dict[str, Any] = {
            "scopes": tuple(r.scope for r in mandat.autorisations.order_by("pk"))
        }
        answers = complete_answers(
            **(known | {"identity": {}, "identity_confirmed": False} | changes)
        )
        draft.content, draft.identified_at = answers.to_json(), at
        draft.save()
        return draft

    def test_by_the_persons_code_replaces_the_whole_former_mandat(
        self, acteur: Any, rose: Usager, at: datetime
    ) -> None:
        former = signed_mandat(acteur, rose, ["theme:logement", "theme:social"], at=at)
        later = at + timedelta(days=20)

        draft = self.renewal(acteur, former, later, scopes=("theme:logement",))
        mandat = sign_draft(acteur=acteur, draft=draft, gesture=None, at=later)

        former.refresh_from_db()
        assert mandat.renews == former
        assert mandat.consent_method == "code"
        assert (former.ended_at, former.end_kind) == (later, EndKind.SUPERSEDED)

    def test_is_asked_twice_and_begun_once(self, acteur: Any, rose: Usager, at: datetime) -> None:
        """S-24."""
        mandat = signed_mandat(acteur, rose, at=at)

        one = start_renewal(acteur=acteur, mandat=mandat, at=at)

        assert start_renewal(acteur=acteur, mandat=mandat, at=at) == one

    @pytest.mark.parametrize(
        "changes",
        [{"scopes": ("theme:social",)}, {"duree": "an"}, {"ways": ("presence", "absence")}],
        ids=["other scope", "longer", "wider"],
    )
    def test_by_code_gives_nothing_more(
        self, acteur: Any, rose: Usager, at: datetime, changes: Any
    ) -> None:
        """P-08: anything wider asks for the person's identification."""
        draft = self.renewal(acteur, signed_mandat(acteur, rose, at=at), at, **changes)

        with pytest.raises(MandatRefused, match="dépasse"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

    def test_by_code_is_done_once_only(self, acteur: Any, rose: Usager, at: datetime) -> None:
        first = signed_mandat(acteur, rose, at=at)
        second = sign_draft(
            acteur=acteur, draft=self.renewal(acteur, first, at), gesture=None, at=at
        )

        draft = self.renewal(acteur, second, at)

        with pytest.raises(MandatRefused, match="déjà été prolongé"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

    def test_after_the_end_is_refused(self, acteur: Any, rose: Usager, at: datetime) -> None:
        mandat = signed_mandat(acteur, rose, duree="jour", at=at)
        draft = self.renewal(acteur, mandat, at)
        actions.revoke_mandat(acteur=acteur, mandat=mandat, at=at)

        with pytest.raises(MandatRefused, match="déjà terminé"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)
        with pytest.raises(MandatRefused, match="terminé"):
            start_renewal(acteur=acteur, mandat=mandat, at=at)

    def test_without_an_identification_a_new_mandat_is_refused(
        self, acteur: Any, at: datetime
    ) -> None:
        answers = complete_answers(identity={}, identity_confirmed=False)

        with pytest.raises(MandatRefused, match="FranceConnect"):
            sign_draft(
                acteur=acteur,
                draft=ready_draft(acteur, at=at, answers=answers),
                gesture=None,
                at=at,
            )


class TestBeginningARenewal:
    def test_is_closed_to_strangers(
        self, acteur: Any, rose: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-10."""
        mandat = signed_mandat(acteur, rose, at=at)

        with pytest.raises(NotAllowed):
            start_renewal(acteur=as_acteur(charlie), mandat=mandat, at=at)


class TestTransferring:
    def test_ends_the_mandat_brought_from_the_other_structure(
        self, acteur: Any, rose: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        there = as_acteur(charlie)
        former = signed_mandat(there, usager_of(there, at=at), at=at)
        draft = ready_draft(acteur, at=at)

        draft = link_transfer(acteur=acteur, draft=draft, code=former.verification_code, at=at)
        mandat = sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

        former.refresh_from_db()
        assert mandat.transferred_from == former
        assert former.end_kind == EndKind.SUPERSEDED

    def test_of_another_persons_mandat_signs_nothing(
        self, acteur: Any, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        there = as_acteur(charlie)
        his = signed_mandat(there, usager_of(there, at=at, identity=ANDREI, sub="b" * 66), at=at)
        draft = ready_draft(acteur, at=at, transferred_from=his)

        with pytest.raises(IdentityRefused, match="autre personne"):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)

        his.refresh_from_db()
        assert his.ended_at is None

    def test_without_a_live_mandat_elsewhere_is_refused(
        self, acteur: Any, rose: Usager, at: datetime
    ) -> None:
        own = signed_mandat(acteur, rose, at=at)
        draft = ready_draft(acteur, at=at)

        for code in (own.verification_code, "", "3" * 28):
            with pytest.raises(MandatRefused):
                link_transfer(acteur=acteur, draft=draft, code=code, at=at)


def test_the_identity_of_someone_known_comes_back_whole(acteur: Any, rose: Usager) -> None:
    assert identity_of(rose, sub="x")["family_name"] == "Lefèvre"
