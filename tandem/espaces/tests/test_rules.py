"""Who looks at the screen, and how long things are kept."""

from typing import get_args
from uuid import uuid4

import pytest

from tandem.espaces.retention import retention_table, span
from tandem.espaces.rules import SOMEONE, Presence
from tandem.kernel.privacy import Retention

ROSE, ANDREI = uuid4(), uuid4()


class TestPresence:
    def test_of_nobody_hides_nobody(self) -> None:
        assert not Presence().is_on
        assert not Presence().hides(ROSE)
        assert not Presence().refuses(ROSE)

    def test_of_one_person_hides_everyone_else(self) -> None:
        """P-28."""
        beside = Presence(str(ROSE))
        assert not beside.hides(ROSE)
        assert beside.hides(ANDREI)
        assert beside.hides(None)
        assert beside.refuses(ANDREI)
        assert not beside.refuses(ROSE)

    def test_of_someone_unnamed_hides_every_name_but_closes_no_file(self) -> None:
        """P-28: whose file is opened next is then whoever is present."""
        beside = Presence(SOMEONE)
        assert beside.hides(ROSE)
        assert not beside.refuses(ROSE)

    def test_written_wrongly_hides_all_the_same(self) -> None:
        assert Presence("' OR 1=1").hides(ROSE)


class TestTheRetentionTable:
    def test_says_every_class_that_a_field_may_have(self) -> None:
        """P-20, P-50: what the code can keep, the page says."""
        assert [kept.key for kept in retention_table()] == list(get_args(Retention))

    def test_says_the_figures_that_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """P-50: a changed retention changes the notice."""
        from datetime import timedelta

        from tandem.espaces import retention

        said = {kept.key: kept.how_long for kept in retention_table()}
        assert said["envoi"] == "30 jours après l’envoi"
        assert said["session"] == "15 minutes sans activité, 10 heures au plus"
        monkeypatch.setattr(retention, "KEEP_FINAL", timedelta(days=7))
        assert {k.key: k.how_long for k in retention_table()}["envoi"] == "7 jours après l’envoi"

    def test_speaks_in_short_sentences(self) -> None:
        """A-09."""
        for kept in retention_table():
            for text in (kept.what, kept.how_long, kept.then, kept.why):
                assert len(text.split()) <= 25

    @pytest.mark.parametrize(
        ("minutes", "words"),
        [(1, "1 minute"), (60, "1 heure"), (24 * 60, "24 heures"), (72 * 60, "3 jours")],
    )
    def test_writes_durations_in_words(self, minutes: int, words: str) -> None:
        from datetime import timedelta

        assert span(timedelta(minutes=minutes)) == words
