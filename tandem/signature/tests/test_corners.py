"""What happens rarely, and must still be right."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tandem.mandats import actions, jobs, queries, texts
from tandem.mandats.actions import MandatRefused
from tandem.mandats.actions.checks import check_answers
from tandem.mandats.actions.endings import _announce
from tandem.mandats.models import Mandat
from tandem.mandats.snapshot import read
from tandem.mandats.tests.cast import ActeurOf
from tandem.mandats.tests.factories import line_of, signed_mandat, usager_of
from tandem.signature.actions import link_transfer
from tandem.signature.jobs import purge
from tandem.signature.tests.factories import complete_answers, ready_draft
from tandem.structures.models import ANONYMOUS, Affectation, Structure
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Channel, Usager
from tandem.usagers.tests.factories import ChannelFactory


class TestTheChannelOfAMandat:
    def test_already_the_persons_is_named_as_it_is_when_signed(
        self, acteur: Any, rose: Usager, at: datetime
    ) -> None:
        ChannelFactory.create(usager=rose, value="rose@exemple.fr")

        mandat = signed_mandat(acteur, rose, contact_kind="known", at=at)

        stated = read(mandat.snapshot, seal=mandat.seal)
        assert stated["channel"] == {"kind": "email", "holder": "person", "hint": "r•••@exemple.fr"}

    def test_lost_since_the_question_is_paper(
        self, acteur: Any, rose: Usager, at: datetime
    ) -> None:
        mandat = signed_mandat(acteur, rose, contact_kind="known", at=at)

        assert read(mandat.snapshot, seal=mandat.seal)["channel"]["kind"] == "paper"

    def test_given_twice_is_inscribed_once(self, acteur: Any, rose: Usager, at: datetime) -> None:
        contact = {
            "contact_kind": "sms",
            "contact_value": "+33612345678",
            "contact_holder": "person",
        }

        for minutes in (0, 1):
            signed_mandat(acteur, rose, at=at + timedelta(minutes=minutes), **contact)

        assert Channel.objects.filter(usager=rose).count() == 1


def test_a_structure_without_telephone_is_not_called(
    acteur: Any, rose: Usager, at: datetime
) -> None:
    Structure.objects.filter(pk=acteur.structure.pk).update(phone="")

    mandat = signed_mandat(acteur, rose, at=at)

    assert not any("téléphone" in way for way in read(mandat.snapshot, seal=mandat.seal)["stop"])


def test_nobody_in_particular_sees_nothing(rose: Usager, at: datetime) -> None:
    assert not queries.mandats_visible_to(ANONYMOUS)
    assert not queries.autorisations_usable(acteur=ANONYMOUS, usager=rose, at=at)


def test_a_protected_person_is_refused_whatever_page_was_skipped(acteur: Any) -> None:
    """P-34: the check of the signature does not rely on the wizard."""
    with pytest.raises(MandatRefused, match="seule"):
        check_answers(acteur, complete_answers(protected="protection"))


def test_a_transfer_of_what_is_over_is_refused(
    acteur: Any, charlie: Affectation, as_acteur: ActeurOf, at: datetime
) -> None:
    there = as_acteur(charlie)
    former = signed_mandat(there, usager_of(there, at=at), at=at)
    actions.revoke_mandat(acteur=there, mandat=former, at=at)

    with pytest.raises(MandatRefused, match="rien à transférer"):
        link_transfer(
            acteur=acteur, draft=ready_draft(acteur, at=at), code=former.verification_code, at=at
        )


class TestTheWorker:
    def test_announces_once_even_with_two_of_them(
        self, acteur: Any, rose: Usager, at: datetime
    ) -> None:
        mandat = signed_mandat(acteur, rose, duree="mois", at=at)
        stale = Mandat.objects.select_related("structure", "usager").get(pk=mandat.pk)
        when = (mandat.ends_at - timedelta(days=10)).replace(hour=10)

        assert jobs.announce(when) == "1 announced"
        assert _announce(stale, when) == 0

    def test_says_what_it_did_without_any_name(
        self, acteur: Any, rose: Usager, at: datetime
    ) -> None:
        mandat = signed_mandat(acteur, rose, at=at)
        ready_draft(acteur, at=at)

        assert jobs.expire(mandat.ends_at) == "1 expired"
        assert jobs.expire(mandat.ends_at) == "0 expired"
        assert purge(mandat.ends_at) == "1 drafts"

    def test_expires_one_line_and_leaves_a_mandat_ended_before(
        self, acteur: Any, rose: Usager, at: datetime
    ) -> None:
        """A line stopped before its end stays stopped."""
        mandat = signed_mandat(acteur, rose, ["theme:logement", "theme:social"], at=at)
        stopped = line_of(mandat, "theme:social")
        actions.revoke_autorisation(acteur=acteur, autorisation=stopped, at=at)

        actions.expire_due(at=mandat.ends_at)

        assert line_of(mandat, "theme:social").end_kind == "revoked"
        assert line_of(mandat, "theme:logement").end_kind == "expired"


def test_erasing_someone_without_any_live_mandat_leaves_no_line(
    bea: Affectation, rose: Usager, as_acteur: ActeurOf, at: datetime
) -> None:
    assert erase_usager(acteur=as_acteur(bea), usager=rose, at=at).erased_at == at


def test_a_text_that_was_never_published_is_unknown() -> None:
    for version, name in (("2001-01", "fr"), (texts.current_version(), "klingon"), ("..", "fr")):
        with pytest.raises(texts.UnknownText):
            texts.text(version, name)
