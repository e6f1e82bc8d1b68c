"""A whole life with neither telephone, nor address, nor FranceConnect (P-31, P-32)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from tandem.documents.queries import document_of
from tandem.envois.models import Message
from tandem.journal.models import Entry
from tandem.mandats.actions import (
    MandatRefused,
    record_paper_confirmation,
    record_use,
    render_account,
    revoke_mandat,
)
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.mandats.queries import fresh_confirmation
from tandem.mandats.rules import UseWay
from tandem.papier.tests.factories import paper_mandat
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers.actions import record_told
from tandem.usagers.models import Usager
from tandem.usagers.queries import to_tell_on_paper

Use = Callable[..., Usage]


@pytest.fixture
def mandat(acteur: Acteur, andrei: Usager, at: datetime) -> Mandat:
    scopes = ["theme:logement", "theme:argent"]
    return paper_mandat(acteur, andrei, scopes, ways=("presence", "absence"), at=at)


def act(
    acteur: Acteur, line: Autorisation, way: UseWay, at: datetime, *, reason: str = ""
) -> Usage:
    return record_use(
        acteur=acteur,
        autorisation=line,
        elsewhere=way,
        presence="absence" if reason else "presence",
        absence_reason=reason,
        service_declared="Bailleur social",
        relying_party="",
        transaction=uuid4(),
        confirmation=fresh_confirmation(line, at=at),
        at=at,
    )


class TestAndrei:
    def test_lives_from_signature_to_stop_on_paper_alone(
        self, acteur: Acteur, andrei: Usager, mandat: Mandat, at: datetime
    ) -> None:
        """P-31: signed, used by letter and in absence, accounted for at a visit, stopped at the desk."""
        housing = mandat.autorisations.get(theme="logement")
        # Used at a private body, with him, then without him.
        letter = act(acteur, housing, UseWay.LETTER, at + timedelta(hours=1))
        away = act(acteur, housing, UseWay.TELEPHONE, at + timedelta(hours=2), reason="deadline")
        assert letter.relying_party == "elsewhere:letter"
        assert away.account_due_at is not None

        # Nothing could be sent: everything waits for his visit, to be told on paper.
        assert not Message.objects.exists()
        assert to_tell_on_paper(andrei).count() == 3
        visit = at + timedelta(hours=20)
        account = render_account(
            acteur=acteur, usage=away, means="paper", text="Le bailleur a répondu.", at=visit
        )
        assert account.account_rendered_at == visit
        record_told(acteur=acteur, usager=andrei, at=visit)
        assert not to_tell_on_paper(andrei).exists()
        words = str(document_of(mandat, "compte", at=visit).parts)
        assert "Fait par lettre" in words
        assert "Le bailleur a répondu" in words

        # Stopped at the desk; nothing opens any more, and the receipt is on paper.
        stop = visit + timedelta(minutes=5)
        revoke_mandat(acteur=acteur, mandat=mandat, at=stop)
        with pytest.raises(MandatRefused):
            act(acteur, housing, UseWay.LETTER, stop)
        assert document_of(mandat, "recu", at=stop).parts
        assert not Message.objects.exists()

    def test_confirms_money_on_the_paper_of_the_day_and_again_the_next_day(
        self, acteur: Acteur, mandat: Mandat, at: datetime
    ) -> None:
        """P-06: on a mandat signed by hand like on the others."""
        money = mandat.autorisations.get(theme="argent")
        with pytest.raises(MandatRefused, match="confirme"):
            act(acteur, money, UseWay.FORM, at)
        record_paper_confirmation(acteur=acteur, autorisation=money, at=at)
        used = act(acteur, money, UseWay.FORM, at + timedelta(hours=1))
        assert used.confirmation is not None

        with pytest.raises(MandatRefused, match="confirme"):
            act(acteur, money, UseWay.FORM, at + timedelta(days=1))

    @pytest.mark.parametrize("rung", ["connu", "declare"])
    def test_is_acted_for_only_while_the_document_seen_stands(
        self, acteur: Acteur, andrei: Usager, mandat: Mandat, at: datetime, rung: str
    ) -> None:
        """P-32: the condition `rung_of_paper` bites."""
        Usager.objects.filter(pk=andrei.pk).update(rung=rung)
        with pytest.raises(MandatRefused, match="pièce"):
            act(acteur, mandat.autorisations.get(theme="logement"), UseWay.LETTER, at)

    def test_is_told_of_one_act_once(self, acteur: Acteur, mandat: Mandat, at: datetime) -> None:
        """R-09, S-24: the same form sent twice."""
        line, key = mandat.autorisations.get(theme="logement"), uuid4()
        rows = [
            record_use(
                acteur=acteur,
                autorisation=line,
                elsewhere=UseWay.COUNTER,
                presence="presence",
                absence_reason="",
                service_declared="Bailleur",
                relying_party="",
                transaction=key,
                confirmation=None,
                at=at,
            )
            for _i in range(2)
        ]
        assert rows[0] == rows[1]
        assert Entry.objects.filter(event="mandats.used").count() <= 1
        assert Usage.objects.count() == 1

    def test_is_not_acted_for_from_another_structure(
        self, mandat: Mandat, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        with pytest.raises(MandatRefused):
            act(as_acteur(charlie), mandat.autorisations.get(theme="logement"), UseWay.LETTER, at)

    def test_sees_on_the_page_of_the_mandat_where_its_originals_are(
        self, mandat: Mandat, alice: Affectation, client_of: Callable[..., object]
    ) -> None:
        html = client_of(alice).get(mandat.get_absolute_url()).content.decode()  # type: ignore[attr-defined]  # a client
        assert reverse("papier:originals", args=[mandat.public_id]) in html
        for line in mandat.autorisations.all():
            assert reverse("papier:elsewhere", args=[line.public_id]) in html
