import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.mandats.models import Mandat
from tandem.mandats.snapshot import KEYS, SCHEMA, SnapshotError, canonical, new_salt, read, seal_of
from tandem.mandats.tests.factories import signed_mandat
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=10,
)


def statement(**changes: Any) -> Any:
    values = dict.fromkeys(KEYS, "x") | {"schema": SCHEMA, "salt": new_salt(), "lines": ["x"]}
    return values | changes


class TestASnapshot:
    @given(
        values=st.dictionaries(st.sampled_from(sorted(KEYS - {"schema", "salt", "lines"})), VALUES)
    )
    def test_is_written_in_one_way_whatever_the_order(self, values: Any) -> None:
        one = statement(**values)

        text = canonical(one)

        assert canonical(dict(reversed(list(one.items())))) == text
        assert read(text, seal=seal_of(text)) == one
        assert len(seal_of(text)) == 64

    @pytest.mark.parametrize("key", sorted(KEYS))
    def test_without_one_thing_it_must_state_is_refused(self, key: str) -> None:
        """P-01, S-35."""
        values = statement()
        del values[key]

        with pytest.raises(SnapshotError):
            canonical(values)

    @pytest.mark.parametrize(
        "changes", [{"salt": "short"}, {"lines": []}, {"schema": "other"}, {"more": 1}]
    )
    def test_that_could_be_guessed_or_says_nothing_is_refused(self, changes: Any) -> None:
        with pytest.raises(SnapshotError):
            canonical(statement(**changes))

    def test_of_the_same_agreement_has_another_seal_each_time(self) -> None:
        """S-35: 128 random bits."""
        values = dict.fromkeys(KEYS, "x") | {"schema": SCHEMA, "lines": ["x"]}

        seals = {seal_of(canonical(values | {"salt": new_salt()})) for _i in range(50)}

        assert len(seals) == 50
        assert len(new_salt()) == 32


def paths(value: Any, path: Any = ()) -> Iterator[Any]:
    """Every leaf of a snapshot."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*path, index))
    else:
        yield path


def altered(value: Any, path: Any) -> Any:
    copy = json.loads(json.dumps(value))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = f"{inner[path[-1]]} "
    return copy


class TestASeal:
    def test_shows_every_alteration_of_what_was_signed(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """S-35: each leaf changed in turn is detected."""
        mandat = signed_mandat(
            acteur, rose, ["theme:logement", "demarche:declaration-revenus"], at=at
        )
        stated = read(mandat.snapshot, seal=mandat.seal)
        leaves = list(paths(stated))

        assert len(leaves) > 50
        for path in leaves:
            text = json.dumps(
                altered(stated, path), ensure_ascii=False, sort_keys=True, separators=(",", ":")
            )
            with pytest.raises(SnapshotError):
                read(text, seal=mandat.seal)

    def test_is_that_of_the_text_kept_encrypted(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        mandat = signed_mandat(acteur, rose, at=at)
        raw = Mandat.objects.values_list("snapshot", flat=True).get()

        assert "Lefèvre" not in repr(raw)
        mandat.refresh_from_db()
        assert seal_of(mandat.snapshot) == mandat.seal
        assert "Lefèvre" in mandat.snapshot
