"""The texts of the mandat: what was published never changes, and is written to be understood."""

import hashlib
import re

import pytest

from tandem.mandats import texts
from tandem.ui import icons

LISTED = {
    name: sha256
    for line in (texts.FOLDER / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    for sha256, name in [line.split("  ", 1)]
}
FILES = sorted(str(path.relative_to(texts.FOLDER)) for path in texts.FOLDER.rglob("*.txt"))
EVERY = [text for version in texts.versions() for text in texts.texts(version)]
FRENCH = [text for text in EVERY if text.language == "fr"]


def sentences(text: texts.Text) -> list[str]:
    return [
        sentence
        for block in text.blocks
        for sentence in re.split(r"(?<=[.!?:;])\s+", block.text)
        if re.search(r"\w", sentence)
    ]


class TestPublishedTexts:
    def test_are_the_ones_listed(self) -> None:
        """P-03: a published version never changes; a change is a new folder and new lines here."""
        found = {
            name: hashlib.sha256((texts.FOLDER / name).read_bytes()).hexdigest() for name in FILES
        }

        assert found == LISTED

    @pytest.mark.parametrize("text", EVERY, ids=lambda text: f"{text.version}/{text.name}")
    def test_are_read_with_the_hash_that_a_proof_quotes(self, text: texts.Text) -> None:
        assert text.sha256 == LISTED[f"{text.version}/{text.name}.txt"]
        assert text.title

    def test_exist_to_sign_to_read_easily_and_in_arabic_and_english(self) -> None:
        """P-03, A-09: plain, easy, other languages with their direction."""
        by_name = {text.name: text for text in texts.texts()}

        assert {"fr", "facile", "ar", "en"} <= set(by_name)
        assert by_name["ar"].direction == "rtl"
        assert len(by_name) >= 6

    def test_say_the_same_things_in_every_language(self) -> None:
        """Who, for what, until when, how to stop, what is owed, the data: a title and six headings."""
        for text in EVERY:
            if text.language != "fr":
                kinds = [block.kind for block in text.blocks]
                assert (kinds.count("title"), kinds.count("heading")) == (1, 6), text.name
                assert "CNIL" in text.blocks[-1].text

    def test_of_paper_exist_in_each_language_and_never_speak_of_what_is_online(self) -> None:
        """P-32: who signs by hand reads of letters and counters, and that FranceConnect is never opened."""
        online, paper = (texts.texts(texts.current_version(paper=one)) for one in (False, True))
        assert [text.name for text in online] == [text.name for text in paper]
        for text in paper:
            words = " ".join(block.text for block in text.blocks)
            assert "FranceConnect" in words, text.name
            for said in (
                "en ligne",
                "internet",
                "online",
                "en línea",
                "connexion",
                "интернет",
                "інтернет",
                "الإنترنت",
            ):
                assert said not in words, (text.name, said)
        signed = texts.text(texts.current_version(paper=True), texts.SIGNED)
        words = " ".join(block.text for block in signed.blocks)
        for said in (
            "par lettre",
            "de votre main",
            "témoin",
            "trois ans",
            "CNIL",
            "opposer",
            "délégué",
        ):
            assert said in words, said


class TestPlainWords:
    @pytest.mark.parametrize("text", FRENCH, ids=lambda text: text.name)
    def test_are_short_sentences(self, text: texts.Text) -> None:
        """A-09: 15 words on average, 25 at most."""
        lengths = [len(sentence.split()) for sentence in sentences(text)]

        assert sum(lengths) / len(lengths) <= 15
        assert max(lengths) <= 25

    def test_of_the_easy_text_hold_one_idea_and_its_drawing(self) -> None:
        """A-09: one idea a block, two short sentences at most, a drawing that exists."""
        easy = texts.text(texts.current_version(), texts.FACILE)
        ideas = [block for block in easy.blocks if block.kind == "paragraph"]

        assert ideas
        assert {idea.pictogram for idea in ideas} <= set(icons.names())
        assert max(len(idea.text.split()) for idea in ideas) <= 20
        assert max(len(sentence.split()) for sentence in sentences(easy)) <= 12

    def test_inform_about_the_data(self) -> None:
        """P-50: who, why, how long, with whom, rights, DPO, CNIL, on the text that is signed."""
        words = " ".join(block.text for block in texts.text(texts.current_version(), "fr").blocks)

        for said in ("responsable de vos données", "trois ans", "Seuls les aidants", "corriger",
                     "opposer", "délégué", "CNIL"):  # fmt: skip
            assert said in words, said

    def test_never_mix_the_agreement_and_the_information(self) -> None:
        """P-49: the information on data is not something to agree to."""
        words = " ".join(block.text for block in texts.text(texts.current_version(), "fr").blocks)

        assert "Ceci n’est pas un accord à donner" in words
