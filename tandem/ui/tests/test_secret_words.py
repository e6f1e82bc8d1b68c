"""Secrets seen in free text, and what is left in peace."""

import pytest

from tandem.ui.secret_words import KINDS, kinds_of_secrets
from tandem.ui.tests.corpus import innocent_notes, secret_notes


class TestTheCorpus:
    def test_of_250_secrets_is_stopped_at_95_percent(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """P-12, S-23: each note is stopped for the kind it holds, not by luck for another."""
        notes = secret_notes()
        missed = [(kind, note) for kind, note in notes if kind not in kinds_of_secrets(note)]
        stopped = 100 * (len(notes) - len(missed)) / len(notes)
        with capsys.disabled():
            print(f"\nP-12: {stopped:.1f} % of {len(notes)} secrets stopped")  # noqa: T201
        assert len(notes) == 250
        assert len(set(notes)) > 240
        assert {kind for kind, _note in notes} == set(KINDS)
        assert stopped >= 95, missed

    def test_of_250_innocent_notes_is_disturbed_at_most_at_2_percent(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """P-12: what aidants really write passes, forgotten passwords and SIRET included."""
        notes = innocent_notes()
        disturbed = [(note, seen) for note in notes if (seen := kinds_of_secrets(note))]
        alarms = 100 * len(disturbed) / len(notes)
        with capsys.disabled():
            print(f"\nP-12: {alarms:.1f} % of {len(notes)} innocent notes disturbed")  # noqa: T201
        assert len(notes) == 250
        assert len(set(notes)) > 160
        assert alarms <= 2, disturbed


class TestANumberWithAKey:
    @pytest.mark.parametrize(
        ("right", "wrong", "kind"),
        [
            ("4532 0151 1283 0366", "4532 0151 1283 0367", "card"),
            ("FR76 3000 6000 0112 3456 7890 189", "FR76 3000 6000 0112 3456 7890 188", "iban"),
            ("GB29 NWBK 6016 1331 9268 19", "GB29 NWBK 6016 1331 9268 18", "iban"),
            ("1 85 05 78 006 084 91", "1 85 05 78 006 084 92", "nir"),
            ("1 85 05 2A 006 084 35", "1 85 05 2A 006 084 36", "nir"),
            ("2 85 05 2B 006 084 12", "2 85 05 2B 006 084 13", "nir"),
        ],
    )
    def test_is_seen_with_the_right_key_only(self, right: str, wrong: str, kind: str) -> None:
        """S-23: Luhn for cards, 97 for IBAN and NIR, Corsica included."""
        assert kinds_of_secrets(right) == [kind]
        assert kinds_of_secrets(wrong) == []

    def test_is_seen_with_a_wrong_key_when_the_words_say_what_it_is(self) -> None:
        assert kinds_of_secrets("n° de sécu 1 85 05 78 006 084 92") == ["nir"]
        assert kinds_of_secrets("IBAN FR76 3000 6000 0112 3456 7890 188") == ["iban"]

    def test_is_seen_through_invisible_and_full_width_characters(self) -> None:
        assert kinds_of_secrets("4532\u200b0151\u200b1283\u200b0366") == ["card"]
        assert kinds_of_secrets("４５３２０１５１１２８３０３６６") == ["card"]


class TestADisguise:
    @pytest.mark.parametrize(
        ("note", "kind"),
        [
            ("m\u043et de p\u0430sse : Soleil1950!", "password"),
            ("mot\u3164 de p\u034fas\ufe0fse : Soleil1950!", "password"),
            ("code PIN : 4\ufe0f\u20e32\ufe0f\u20e37\ufe0f\u20e31\ufe0f\u20e3", "code"),
            ("\u0421ode secret : \u0664\u0662\u0667\u0661", "code"),
            ("4\u2061970\u20611011\u2061 2345 6786\u180e", "card"),
        ],
    )
    def test_of_letters_drawn_alike_or_of_signs_nobody_sees_is_read_through(
        self, note: str, kind: str
    ) -> None:
        """P-12, S-23."""
        assert kind in kinds_of_secrets(note)


class TestWords:
    @pytest.mark.parametrize(
        "note",
        [
            "Il m’a dicté son mot de passe, Chaton_77, par téléphone.",
            "mdp (ameli) : chaton",
            "MOT DE PASSE FRANCE CONNECT CHATON77!",
            "mot de\npasse :\nChaton77",
            "accès ameli : rose1948 / Chaton77",
        ],
    )
    def test_give_a_password_away(self, note: str) -> None:
        """P-12."""
        assert kinds_of_secrets(note) == ["password"]

    @pytest.mark.parametrize(
        "note",
        [
            "le code est quatre-vingt-douze, douze",
            "elle dicte le code 458 912",
            "ses codes sont 4512 et 7788",
            "code sms = 845-612",
        ],
    )
    def test_give_a_code_away(self, note: str) -> None:
        """P-12."""
        assert kinds_of_secrets(note) == ["code"]

    @pytest.mark.parametrize(
        "note",
        [
            "Elle a peur de perdre son mot de passe, on l’a noté ensemble sur son carnet.",
            "Votre code confidentiel vous sera envoyé sous 10 jours",
            "code provisoire reçu par courrier le 12 novembre 2026",
            "Code de la sécurité sociale, article L142-4",
            "01 02 03 04 05 / 06 07 08 09 10 / 07 11 12 13 14",
            "N° de télédéclarant 1234567, n° fiscal 1912345678901",
            "virement de 1 250,00 € le 05/11/2026",
            "née le 12 03 1948 à Alger, mariée le 14 07 1970, veuve depuis 2011",
        ],
    )
    def test_that_only_speak_of_it_pass(self, note: str) -> None:
        assert kinds_of_secrets(note) == []

    def test_of_a_very_long_text_are_read_in_time(self) -> None:
        """A hostile text cannot hold the worker: each expression is bounded."""
        for unit in ("mot de passe ", "1 ", "fr76 ", "code a ", "un deux ", "a.b@c.d "):
            assert isinstance(kinds_of_secrets(unit * (4000 // len(unit))), list)
