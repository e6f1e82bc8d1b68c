import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.journal.rules import (
    EVENTS,
    SYSTEM,
    Author,
    Event,
    Line,
    Subject,
    canonical_json,
    commitment,
    instant_text,
    is_fact,
    line_hash,
)
from tandem.journal.tests.cast import ALICE, AT, BY_ALICE, CCAS, MANDAT, READ, SIGNED


class TestEvent:
    def test_registers_itself(self) -> None:
        assert EVENTS["sample.signed"] is SIGNED

    def test_may_be_declared_twice_the_same(self) -> None:
        assert Event("sample.read", "Fiche consultée") == READ

    def test_refuses_the_name_of_another(self) -> None:
        with pytest.raises(ValueError, match="two events"):
            Event("sample.read", "Autre chose")

    @pytest.mark.parametrize("name", ["read", "Sample.read", "sample read", "sample.", "", "é.à"])
    def test_refuses_a_bad_name(self, name: str) -> None:
        with pytest.raises(ValueError, match="badly declared"):
            Event(name, "Fiche consultée")

    def test_refuses_a_fact_that_is_also_a_secret(self) -> None:
        with pytest.raises(ValueError, match="badly declared"):
            Event("sample.odd", "…", facts=frozenset({"name"}), secrets=frozenset({"name"}))


class TestAuthor:
    def test_writes_in_the_chain_of_the_structure(self) -> None:
        """B.3: one chain per structure, one for the instance."""
        assert Author("aidant", ALICE, CCAS).chain == str(CCAS)
        assert SYSTEM.chain == "instance"

    def test_is_of_a_known_kind(self) -> None:
        with pytest.raises(ValueError, match="kind"):
            Author("hacker", None, None)


class TestFact:
    @pytest.mark.parametrize(
        "fact",
        [
            None,
            True,
            0,
            -5,
            99_999_999,
            "",
            "theme:argent",
            "2026-11-02T09:00:00+01:00",
            "2026-11-02",
            "0b1c2d3e-0000-4000-8000-000000000000",
            "69123",
            [],
            ["presence", "absence"],
        ],
    )
    def test_is_a_technical_word(self, fact: object) -> None:
        assert is_fact(fact)

    @pytest.mark.parametrize(
        "text",
        [
            "Rose Martin",
            "Éloïse",
            "rose@example.org",
            "impôts 2025",
            "a\nb",
            "x" * 121,
            "<b>",
            "d'Arc",
            "0612345678",
            "+33612345678",
            "06.12.34.56.78",
            "192.168.100.200",
            "255036912345678",
            612345678,
            2_550_369_123_456,
            1.5,
            b"rose",
            {"name": "rose"},
            ["Rose Martin"],
            [1],
            ["ok", ["nested"]],
            ("tuple",),
        ],
    )
    def test_is_never_a_name_an_address_or_a_number_of_a_person(self, text: object) -> None:
        """B.3-3, rule 8: no free text, no name, no telephone, no NIR in the chain."""
        assert not is_fact(text)


class TestLine:
    def line(self, **values: Any) -> Line:
        return Line(**{"event": SIGNED, "author": BY_ALICE, "subject": MANDAT, "at": AT, **values})

    @pytest.mark.parametrize("extra", [{"facts": {"colour": "red"}}, {"secrets": {"iban": "x"}}])
    def test_refuses_what_the_event_does_not_declare(self, extra: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="does not declare"):
            self.line(**extra)

    def test_refuses_free_text_without_repeating_it(self) -> None:
        """S-44: the refused value may be a name, and exceptions are logged."""
        with pytest.raises(ValueError, match="duree") as caught:
            self.line(facts={"duree": "Rose Martin"})

        assert "Rose" not in str(caught.value)

    def test_refuses_an_instant_without_zone(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            self.line(at=datetime(2026, 11, 2))  # noqa: DTZ001 - the point of the test

    @pytest.mark.parametrize("label", ["", "Rose Martin"])
    def test_refuses_a_subject_that_is_not_a_label(self, label: str) -> None:
        with pytest.raises(ValueError, match="label"):
            self.line(subject=Subject(label, uuid4()))


class TestCanonicalText:
    def test_never_changes(self) -> None:
        """S-34: what was written years ago must still verify."""
        values = ("tandem-journal-1", "instance", "12", instant_text(AT), "é", "")
        text = "16:tandem-journal-18:instance2:1227:2026-11-02T09:00:00.000001Z1:é0:"

        assert line_hash(values) == hashlib.sha256(text.encode()).hexdigest()

    @given(st.lists(st.text(), min_size=1, max_size=5), st.lists(st.text(), min_size=1, max_size=5))
    def test_differs_when_any_value_differs(self, some: list[str], others: list[str]) -> None:
        """No value can overflow into the next one: lengths stand before the values."""
        assert (line_hash(some) == line_hash(others)) == (some == others)

    def test_writes_one_instant_one_way(self) -> None:
        paris = datetime(2026, 11, 2, 10, 0, tzinfo=timezone(timedelta(hours=1)))

        assert instant_text(paris) == "2026-11-02T09:00:00.000000Z"
        assert instant_text(paris.astimezone(UTC)) == instant_text(paris)

    def test_writes_one_mapping_one_way(self) -> None:
        assert canonical_json({"b": ["x"], "a": None}) == '{"a":null,"b":["x"]}'
        assert canonical_json({"a": None, "b": ["x"]}) == '{"a":null,"b":["x"]}'


def test_a_commitment_says_nothing_without_its_salt() -> None:
    """B.3-3."""
    with_salt = commitment("00" * 32, "Rose")

    assert with_salt != commitment("01" * 32, "Rose")
    assert with_salt != commitment("00" * 32, "Andrei")
    assert len(with_salt) == 64
