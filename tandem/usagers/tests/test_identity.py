from datetime import date, datetime, timedelta

import pytest

from tandem.journal.models import Entry, Secret
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers import actions
from tandem.usagers.models import RungStep, SearchToken, Suivi, Usager
from tandem.usagers.queries import search_usagers, usager_visible_to
from tandem.usagers.rules import Piece, Rung
from tandem.usagers.tests.factories import UsagerFactory, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    return as_acteur(alice)


class TestIdentifyUsager:
    def test_welcomes_someone_new(self, acteur: Acteur, ccas: Structure, at: datetime) -> None:
        usager = actions.identify_usager(acteur=acteur, verified=verified(), at=at)

        usager = usager_visible_to(acteur, usager.public_id)
        assert usager.full_name == "Rose Marie Lefèvre"
        assert (usager.rung, usager.rung_established_at, usager.structure) == (
            Rung.FRANCECONNECT,
            at,
            ccas,
        )
        assert [u.pk for u in search_usagers(acteur, "lefevre")] == [usager.pk]
        [line] = Entry.objects.all()
        assert line.facts == {"match": "new", "former_rung": ""}
        assert (line.about, line.subject_id) == (usager.public_id, usager.public_id)

    def test_finds_the_same_person_again(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        found = actions.identify_usager(acteur=acteur, verified=verified(sub="rose"), at=at)

        assert found.pk == rose.pk
        assert Usager.objects.count() == 1

    def test_finds_them_by_their_identity_when_the_sub_changed(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """FS-07: the sub is never the only key."""
        found = actions.identify_usager(acteur=acteur, verified=verified(sub="another"), at=at)

        assert found.pk == rose.pk
        assert Entry.objects.get(event="usagers.identified").facts["match"] == "identity"
        # From now on the new sub is enough, even if the name changes.
        again = actions.identify_usager(
            acteur=acteur, verified=verified(sub="another", family_name="Martin"), at=at
        )
        assert again.pk == rose.pk

    def test_keeps_apart_two_people_of_one_name(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        twin = actions.identify_usager(
            acteur=acteur, verified=verified("twin", given_names="Rosa Marie"), at=at
        )
        namesake = actions.identify_usager(
            acteur=acteur, verified=verified("other", birthdate="1981-04-12"), at=at
        )

        assert len({rose.pk, twin.pk, namesake.pk}) == 3

    def test_prefers_the_sub_to_the_identity(
        self, acteur: Acteur, ccas: Structure, rose: Usager, at: datetime
    ) -> None:
        UsagerFactory.create(
            structure=ccas, sub="", given_names="Rose Marie", family_name="Lefèvre"
        )

        assert (
            actions.identify_usager(acteur=acteur, verified=verified("rose"), at=at).pk == rose.pk
        )

    def test_corrects_what_changed_and_keeps_the_former_value_sealed(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-26."""
        actions.identify_usager(
            acteur=acteur, verified=verified("rose", family_name="Martin"), at=at
        )

        rose.refresh_from_db()
        assert rose.family_name == "Martin"
        assert [u.pk for u in search_usagers(acteur, "martin")] == [rose.pk]
        assert search_usagers(acteur, "lefevre") == []
        [line] = Entry.objects.filter(event="usagers.corrected")
        assert line.facts == {"fields": ["family_name"]}
        assert [s.value for s in Secret.objects.filter(entry=line)] == ["Lefèvre"]

    def test_leaves_no_line_of_correction_when_nothing_changed(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        actions.identify_usager(acteur=acteur, verified=verified("rose"), at=at)

        assert not Entry.objects.filter(event="usagers.corrected").exists()

    def test_keeps_the_name_and_address_the_person_gave_when_franceconnect_has_none(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        actions.rename_usager(acteur=acteur, usager=rose, preferred_name="Martin", at=at)

        found = actions.identify_usager(acteur=acteur, verified=verified("rose", email=""), at=at)

        assert (found.preferred_name, found.email) == ("Martin", "rose@exemple.fr")

    def test_raises_the_rung_and_keeps_the_former_ones(
        self, acteur: Acteur, ccas: Structure, at: datetime
    ) -> None:
        usager = actions.declare_usager(
            acteur=acteur, given_names="Rose Marie", family_name="Lefèvre", at=at
        )
        actions.record_piece_seen(
            acteur=acteur, usager=usager, piece=Piece.PASSEPORT, seen_on=date(2026, 11, 2), at=at
        )
        Usager.objects.filter(pk=usager.pk).update(
            identity_index=UsagerFactory.build(
                structure=ccas, given_names="Rose Marie", family_name="Lefèvre"
            ).identity_index
        )

        found = actions.identify_usager(
            acteur=acteur, verified=verified("rose"), at=at + timedelta(hours=1)
        )

        assert found.pk == usager.pk
        steps = RungStep.objects.filter(usager=usager).values_list("rung", flat=True)
        assert list(steps) == [Rung.DECLARE, Rung.PIECE_VUE, Rung.FRANCECONNECT]
        assert Entry.objects.get(event="usagers.identified").facts["former_rung"] == "piece_vue"

    def test_moves_the_last_contact(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        """P-21."""
        actions.identify_usager(acteur=acteur, verified=verified("rose"), at=at)

        rose.refresh_from_db()
        assert rose.last_contact_at == at

    def test_gives_the_person_to_the_aidant_before_whom_they_stand(
        self, rose: Usager, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-10: a file kept to its followers opens to the aidant the person comes to."""
        Usager.objects.filter(pk=rose.pk).update(team_access=False)

        found = actions.identify_usager(acteur=as_acteur(bob), verified=verified("rose"), at=at)

        assert usager_visible_to(as_acteur(bob), found.public_id).pk == rose.pk
        assert Suivi.objects.get(usager=rose).affectation == bob

    def test_never_looks_at_another_structure(
        self,
        rose: Usager,
        charlie: Affectation,
        mairie: Structure,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        """Two structures hold two rows and see nothing of each other."""
        found = actions.identify_usager(acteur=as_acteur(charlie), verified=verified("rose"), at=at)

        assert found.pk != rose.pk
        assert found.structure == mairie
        rose.refresh_from_db()
        assert rose.last_contact_at < at

    def test_begins_anew_after_an_erasure(
        self, acteur: Acteur, rose: Usager, bea: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        actions.erase_usager(acteur=as_acteur(bea), usager=rose, at=at)

        assert (
            actions.identify_usager(acteur=acteur, verified=verified("rose"), at=at).pk != rose.pk
        )

    def test_is_for_those_who_may_act(
        self, alice: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        Affectation.objects.filter(pk=alice.pk).update(habilite_at=None)

        with pytest.raises(actions.NotAllowed):
            actions.identify_usager(acteur=as_acteur(alice), verified=verified(), at=at)
        assert not Usager.objects.exists()

    def test_survives_two_desks_at_once(
        self, acteur: Acteur, rose: Usager, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The row appears between the search and the insert: the database keeps one, and it is found."""
        from tandem.usagers.actions import identity

        real, calls = identity._match, []

        def blind_at_first(*arguments: object) -> tuple[Usager | None, str]:
            calls.append(arguments)
            return (None, "new") if len(calls) == 1 else real(*arguments)  # type: ignore[arg-type]  # passed on

        monkeypatch.setattr(identity, "_match", blind_at_first)

        assert (
            actions.identify_usager(acteur=acteur, verified=verified("rose"), at=at).pk == rose.pk
        )


class TestDeclareUsager:
    def test_opens_a_file_that_allows_little(self, acteur: Acteur, at: datetime) -> None:
        """P-32."""
        usager = actions.declare_usager(
            acteur=acteur, given_names=" Andrei ", family_name="Popescu", at=at
        )

        assert (usager.rung, usager.given_names) == (Rung.DECLARE, "Andrei")
        assert (usager.sub_index, usager.identity_index) == ("", "")
        assert [u.pk for u in search_usagers(acteur, "pope")] == [usager.pk]
        [line] = Entry.objects.all()
        assert line.event == "usagers.declared"

    def test_asks_for_a_name(self, acteur: Acteur, at: datetime) -> None:
        with pytest.raises(actions.UsagerRefused):
            actions.declare_usager(acteur=acteur, given_names="Andrei", family_name=" ", at=at)

    def test_is_for_those_who_may_act(
        self, alice: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        Affectation.objects.filter(pk=alice.pk).update(habilite_at=None)

        with pytest.raises(actions.NotAllowed):
            actions.declare_usager(
                acteur=as_acteur(alice), given_names="Andrei", family_name="Popescu", at=at
            )
        assert not Usager.objects.exists()


class TestEstablishing:
    @pytest.fixture
    def andrei(self, acteur: Acteur, at: datetime) -> Usager:
        return actions.declare_usager(
            acteur=acteur, given_names="Andrei", family_name="Popescu", at=at
        )

    def test_by_a_document_keeps_its_kind_the_day_and_the_aidant(
        self, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        """P-32: seen, never copied."""
        actions.record_piece_seen(
            acteur=acteur, usager=andrei, piece=Piece.SEJOUR, seen_on=at.date(), at=at
        )

        step = RungStep.objects.get(usager=andrei, rung=Rung.PIECE_VUE)
        assert (step.piece, step.piece_seen_on, step.established_by) == (
            "titre_sejour",
            at.date(),
            acteur.affectation,
        )

    def test_by_a_document_not_yet_seen_is_refused(
        self, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        with pytest.raises(actions.UsagerRefused):
            actions.record_piece_seen(
                acteur=acteur,
                usager=andrei,
                piece=Piece.SEJOUR,
                seen_on=at.date() + timedelta(days=1),
                at=at,
            )

    def test_by_a_colleague_who_knows_them_lasts_until_renewed(
        self, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        actions.vouch_for(acteur=acteur, usager=andrei, at=at)
        again = actions.vouch_for(acteur=acteur, usager=andrei, at=at + timedelta(days=40))

        assert (again.rung, again.rung_established_at) == (Rung.CONNU, at + timedelta(days=40))

    def test_never_goes_down(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        with pytest.raises(actions.UsagerRefused):
            actions.vouch_for(acteur=acteur, usager=rose, at=at)

        rose.refresh_from_db()
        assert rose.rung == Rung.FRANCECONNECT

    def test_is_not_for_a_stranger(
        self, andrei: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        with pytest.raises(actions.NotAllowed):
            actions.vouch_for(acteur=as_acteur(charlie), usager=andrei, at=at)


class TestRenameUsager:
    def test_changes_what_they_are_called_and_found_by(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        actions.rename_usager(acteur=acteur, usager=rose, preferred_name="Martin", at=at)

        rose.refresh_from_db()
        assert (rose.display_name, rose.family_name) == ("Rose Martin", "Lefèvre")
        assert [u.pk for u in search_usagers(acteur, "mart")] == [rose.pk]
        assert [u.pk for u in search_usagers(acteur, "lefe")] == [rose.pk]

    def test_to_the_same_name_does_nothing(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        actions.rename_usager(acteur=acteur, usager=rose, preferred_name="", at=at)

        assert not Entry.objects.exists()

    def test_does_not_move_the_last_contact(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-21: an edit is not a meeting."""
        before = rose.last_contact_at

        actions.rename_usager(acteur=acteur, usager=rose, preferred_name="Martin", at=at)

        rose.refresh_from_db()
        assert rose.last_contact_at == before

    def test_forgets_the_tokens_of_the_former_name(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        before = set(SearchToken.objects.values_list("token", flat=True))
        actions.rename_usager(acteur=acteur, usager=rose, preferred_name="Zyx", at=at)
        actions.rename_usager(acteur=acteur, usager=rose, preferred_name="", at=at)

        assert set(SearchToken.objects.values_list("token", flat=True)) == before
