"""Letters ready to fill: closed fields, exact words, checked texts of law."""

import re
from datetime import date

import pytest

from tandem.courriers.modeles import FREE, InvalidModele, Modele, modeles, read
from tandem.courriers.rules import FIELDS, fields_in, fill

EVERY = pytest.mark.parametrize("modele", modeles().values(), ids=modeles())
LAW = re.compile(r"\barticles?\b|\bloi n°|RGPD", re.IGNORECASE)


def one(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "slug": "a", "title": "A", "when": "Quand.", "to": "À", "subject": "{objet}", "body": "{motif}",
    }  # fmt: skip
    return {"version": "1", "titre": "Essai", "lettre": [{**row, **changes}]}


class TestTheLetters:
    def test_are_at_least_twenty_for_public_and_private_bodies(self) -> None:
        assert len(modeles()) >= 20
        assert sum(modele.private for modele in modeles().values()) >= 8
        assert FREE in modeles()

    @EVERY
    def test_name_only_fields_of_the_closed_list(self, modele: Modele) -> None:
        assert set(fields_in(modele.subject, modele.body)) <= set(FIELDS)
        # Braces are fields, and nothing else.
        assert not re.search(r"[{}]", fill(modele.subject + modele.body, {}))

    @EVERY
    def test_cite_a_law_only_with_the_day_someone_checked_it(self, modele: Modele) -> None:
        names_a_law = bool(LAW.search(modele.body))
        assert bool(modele.basis) == names_a_law
        assert all(date(2026, 1, 1) <= basis.checked_on for basis in modele.basis)
        for number in re.findall(r"[LRD]\. ?\d[\d-]*", modele.body):
            assert any(number in basis.text for basis in modele.basis), number

    @EVERY
    def test_are_plain_french(self, modele: Modele) -> None:
        """ui.md: 25 words a sentence at most, in the words of the person; typographic signs."""
        text = modele.body + " " + modele.when + " " + " ".join(modele.advice)
        assert "'" not in text
        assert "veuillez" not in text.lower()
        abbreviated = re.sub(r"\b([LR])\. ", r"\1.", text)
        sentences = re.split(r"(?<=[.!?:;])\s+|\n\n", abbreviated)
        long = [sentence for sentence in sentences if len(sentence.split()) > 25]
        assert long == []
        assert modele.title[0].isupper()
        assert modele.when.endswith((".", "…"))

    @EVERY
    def test_never_ask_for_a_secret(self, modele: Modele) -> None:
        """P-12: no modèle has a place for a password, a card, an IBAN or a NIR."""
        asked = " ".join(str(FIELDS[name].label) for name in modele.asked)
        assert not re.search(r"mot de passe|IBAN|carte|sécurité sociale", asked)


class TestReading:
    def test_refuses_a_field_outside_the_list(self) -> None:
        with pytest.raises(InvalidModele, match="mot_de_passe"):
            read(one(body="{mot_de_passe}"))

    def test_refuses_a_law_nobody_checked(self) -> None:
        basis = {"text": "article 1", "says": "…", "checked_on": "hier"}
        with pytest.raises(InvalidModele, match="never checked"):
            read(one(basis=[basis]))

    def test_refuses_a_letter_without_its_words(self) -> None:
        row = one()
        del row["lettre"][0]["when"]  # type: ignore[index]  # a mapping
        with pytest.raises(InvalidModele, match="when"):
            read(row)
