"""The list of protections taken away one by one, and the tool that shows which tests see it (A-23)."""

from pathlib import Path
from typing import Any

import pytest

from tests.outils.mutants import (
    BROKEN,
    KILLED,
    NOT_RUN,
    SHARE_KILLED,
    SURVIVED,
    Mutant,
    campaign,
    copy_tree,
    misplaced,
    mutants,
    try_mutant,
    unchanged,
)

GUARD = "def may(who):\n    return who == 'alice'\n"
TEST = "from guard import may\n\n\ndef test_may():\n    assert may('alice')\n    assert not may('bob')\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A house of one guard and one test."""
    (tmp_path / "guard.py").write_text(GUARD)
    (tmp_path / "test_guard.py").write_text(TEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def mutant(before: str, after: str) -> Mutant:
    return Mutant("guard", "guard.py", "A-23", before, after, ("test_guard.py",))


class TestTheList:
    def test_takes_away_forty_protections_or_more_in_every_part_of_the_house(self) -> None:
        """A-23."""
        known = mutants()
        rooms = {one.file.rpartition("/")[0].split("/")[1] for one in known}

        assert len(known) >= 40
        assert {
            "comptes", "envois", "fichiers", "journal", "kernel", "mandats", "notes", "oidc_client", "oidc_provider",
            "papier", "preuves", "settings", "signature", "structures", "ui", "usagers",
        } <= rooms  # fmt: skip
        assert all(one.before.strip() and one.tests and one.shows for one in known)

    def test_that_no_longer_follows_the_code_is_said(self, tree: Path) -> None:
        gone = mutant("who == 'bob'", "True")

        assert misplaced([gone], tree) == ["guard: its text stands 0 times in guard.py"]
        assert misplaced([mutant("who == 'alice'", "True")], tree) == []


class TestTheTool:
    @pytest.mark.parametrize(
        ("before", "after", "state"),
        [
            ("who == 'alice'", "bool(who)", KILLED),
            ("who == 'alice'", "who in ('alice', 'charlie')", SURVIVED),
            ("return who", "return return", BROKEN),
        ],
    )
    def test_tells_the_killed_from_the_unseen_and_the_broken(
        self, tree: Path, before: str, after: str, state: str
    ) -> None:
        """A-23: what no test sees survives; what does not even run kills nothing."""
        outcome = try_mutant(mutant(before, after), tree)

        assert outcome.state == state
        assert ("::" in outcome.by) == (state == KILLED)
        assert (tree / "guard.py").read_text() == GUARD


@pytest.mark.trust
def test_the_tests_see_what_is_taken_away(tmp_path: Path, record_property: Any) -> None:
    """A-23: 95 % killed at least; each set of tests passes when nothing is taken away."""
    known = mutants()
    assert misplaced(known, copy_tree(tmp_path)) == []
    red = [one for one in campaign(unchanged(known)) if one.state not in {SURVIVED, NOT_RUN}]
    assert [one.mutant.tests for one in red] == []

    tried = [one for one in campaign(known) if one.state != NOT_RUN]
    killed = [one for one in tried if one.state == KILLED]
    record_property("killed", f"{len(killed)} of {len(tried)}")
    assert len(killed) >= SHARE_KILLED * len(tried), [
        one.mutant.name for one in tried if one.state != KILLED
    ]
