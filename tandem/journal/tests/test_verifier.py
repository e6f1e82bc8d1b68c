import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.journal import verifier
from tandem.journal.actions import sign_checkpoint
from tandem.journal.queries import public_keys
from tandem.journal.rules import FORMAT
from tandem.journal.tests.cast import AT, BY_ALICE, BY_CHARLIE, CCAS, MAIRIE, ROSE, SIGNED, write

Line = dict[str, Any]
Change = Callable[[list[Line]], object]


@pytest.fixture
def exported(db: None, tmp_path: Path) -> Path:
    """Two chains of three lines, two checkpoints."""
    for day in range(2):
        for author in (BY_ALICE, BY_CHARLIE):
            write(author)
            write(author, SIGNED, about=ROSE, facts={"duree": "an"}, secrets={"name": "Rose é"})
        sign_checkpoint(at=AT + timedelta(days=day))
    path = tmp_path / "journal.jsonl"
    call_command("journal_export", "--output", path, stdout=StringIO())
    return path


def change(path: Path, how: Change) -> list[str]:
    """What the verifier says once the file was changed."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    how(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return verifier.verify(str(path))[0]


def rewrite(lines: list[Line]) -> None:
    """Make the first chain consistent again."""
    previous = verifier.FIRST
    for line in lines[:4]:
        line["previous_hash"] = previous
        line["hash"] = previous = verifier.entry_hash(line)


def set_value(index: int, name: str, value: object) -> Change:
    return lambda lines: lines[index].update({name: value})


def forge(lines: list[Line]) -> None:
    """Sign the last checkpoint again with a key of one's own."""
    own = Ed25519PrivateKey.generate()
    lines[-1]["key"] = own.public_key().public_bytes_raw().hex()
    lines[-1]["signature"] = own.sign(lines[-1]["statement"].encode()).hex()


class TestVerifier:
    def test_accepts_an_export(self, exported: Path) -> None:
        """S-34."""
        errors, read = verifier.verify(str(exported), [public_keys()[0].public_key])

        assert errors == []
        assert read == "8 lignes, 2 chaînes, 2 points de contrôle"

    @pytest.mark.parametrize(
        ("how", "sentence"),
        [
            (set_value(1, "event", "x.y"), f"{MAIRIE} : la ligne 2 a été modifiée"),
            (set_value(1, "facts", "{}"), f"{MAIRIE} : la ligne 2 a été modifiée"),
            (set_value(1, "seq", 3), f"{MAIRIE} : la ligne 2 manque"),
            (set_value(2, "previous_hash", "0" * 64), f"{MAIRIE} : la ligne 3 a été modifiée"),
            (lambda lines: lines.pop(1), f"{MAIRIE} : la ligne 2 manque"),
            (lambda lines: lines.pop(3), f"{MAIRIE} : les lignes 4 à 4 ont disparu"),
            (
                lambda lines: lines.__delitem__(slice(0, 4)),
                f"{MAIRIE} : les lignes 1 à 4 ont disparu",
            ),
            (lambda lines: lines.insert(1, lines[0]), f"{MAIRIE} : la ligne 2 manque"),
            (lambda lines: lines.pop(8), "le point de contrôle 1 manque"),
            (
                lambda lines: lines[8].update({**lines[9], "checkpoint": 1}),
                "le point de contrôle 1 ne suit pas le précédent",
            ),
            (set_value(9, "heads", ""), "les têtes du point de contrôle 2 ont été modifiées"),
            (
                set_value(9, "signature", "0" * 128),
                "la signature du point de contrôle 2 est fausse",
            ),
            (set_value(9, "statement", "x"), "la signature du point de contrôle 2 est fausse"),
        ],
    )
    def test_names_an_alteration(self, exported: Path, how: Change, sentence: str) -> None:
        """S-34, P-44."""
        assert sentence in change(exported, how)

    def test_names_a_chain_rewritten_with_good_hashes(self, exported: Path) -> None:
        """S-34: the signed heads show it."""

        def forge_chain(lines: list[Line]) -> None:
            lines[1]["event"] = "x.y"
            rewrite(lines)

        [sentence] = change(exported, forge_chain)
        assert "la chaîne a été réécrite : la ligne 4" in sentence

    def test_names_a_line_that_does_not_follow(self, exported: Path) -> None:
        def cut(lines: list[Line]) -> None:
            lines[1]["previous_hash"] = "f" * 64
            lines[1]["hash"] = verifier.entry_hash(lines[1])

        assert change(exported, cut) == [f"{MAIRIE} : la ligne 2 ne suit pas la précédente"]

    def test_does_not_take_another_key_for_ours(self, exported: Path) -> None:
        """S-34: with the key received from elsewhere."""
        ours = public_keys()[0].public_key
        assert change(exported, forge) == []

        errors, _ = verifier.verify(str(exported), [ours])

        assert errors == ["le point de contrôle 2 est signé par une autre clé"]

    def test_compares_with_a_checkpoint_kept_elsewhere(self, exported: Path) -> None:
        """B.3-5: what only an outside anchor shows."""
        kept = json.loads(exported.read_text().splitlines()[-1])["statement"]
        assert verifier.verify(str(exported), kept=kept + "\n")[0] == []

        def go_back(lines: list[Line]) -> None:
            del lines[9]

        assert change(exported, go_back) == []
        assert verifier.verify(str(exported), kept=kept)[0] == [
            "le point de contrôle gardé ailleurs n’est pas dans le fichier"
        ]

    def test_accepts_one_chain_of_many(self, exported: Path) -> None:
        call_command("journal_export", "--chain", str(CCAS), "--output", exported)

        assert verifier.verify(str(exported))[0] != []
        assert verifier.verify(str(exported), all_chains=False)[0] == []

    def test_agrees_with_the_journal_on_its_format(self) -> None:
        assert FORMAT in Path(verifier.__file__).read_text()

    def test_is_short_and_stands_alone(self, exported: Path, tmp_path: Path) -> None:
        """S-34: ≤ 300 lines, no dependency, offline, in any folder."""
        source = Path(verifier.__file__).read_text()
        alone = tmp_path / "elsewhere" / "verifier.py"
        alone.parent.mkdir()
        alone.write_text(source)

        done = subprocess.run(
            [sys.executable, "-I", "-S", str(alone), str(exported)],
            capture_output=True,
            text=True,
            check=False,
            cwd=alone.parent,
        )

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Journal intact : 8 lignes")
        assert len(source.splitlines()) <= 300


class TestMain:
    def test_leaves_with_one_when_something_is_wrong(
        self, exported: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        change(exported, set_value(0, "event", "x.y"))
        key = public_keys()[0].public_key

        assert verifier.main([str(exported), "--key", key]) == 1
        assert capsys.readouterr().out.splitlines() == [
            f"{MAIRIE} : la ligne 1 a été modifiée",
            "JOURNAL ALTÉRÉ : 8 lignes, 2 chaînes, 2 points de contrôle.",
        ]

    def test_reads_the_checkpoint_kept_elsewhere(self, exported: Path, tmp_path: Path) -> None:
        kept = tmp_path / "kept.txt"
        kept.write_text("tandem-checkpoint-1\nnumber: 9\n")

        assert verifier.main([str(exported), "--checkpoint", str(kept)]) == 1
        assert verifier.main([str(exported), "--one-chain"]) == 0

    @pytest.mark.parametrize(
        "content", [None, "", "{", "[]\n", '{"chain": "x"}\n', '{"checkpoint": 1}\n']
    )
    def test_leaves_with_two_when_the_file_is_no_journal(
        self, tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "file"
        if content is not None:
            path.write_text(content)

        assert verifier.main([str(path)]) == (0 if content == "" else 2)
        assert capsys.readouterr().out


class TestSignature:
    """The plain Ed25519 of the verifier against the one of the library."""

    @settings(max_examples=20, deadline=None)
    @given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
    def test_holds_for_what_was_signed(self, seed: bytes, message: bytes) -> None:
        key = Ed25519PrivateKey.from_private_bytes(seed)
        public = key.public_key().public_bytes_raw()

        assert verifier.is_signature(public, message, key.sign(message))
        assert not verifier.is_signature(public, message + b"x", key.sign(message))

    @settings(max_examples=20, deadline=None)
    @given(st.binary(min_size=64, max_size=64), st.binary(min_size=32, max_size=32))
    def test_does_not_hold_for_noise(self, signature: bytes, public: bytes) -> None:
        assert not verifier.is_signature(public, b"message", signature)

    def test_does_not_hold_with_a_scalar_too_large(self) -> None:
        """RFC 8032 section 5.1.7: s must be smaller than the order, or signatures are malleable."""
        key = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
        signature = key.sign(b"message")
        larger = int.from_bytes(signature[32:], "little") + verifier.Q
        malleable = signature[:32] + larger.to_bytes(32, "little")

        assert not verifier.is_signature(key.public_key().public_bytes_raw(), b"message", malleable)

    @pytest.mark.parametrize(("public", "signature"), [(b"", b"1" * 64), (b"1" * 32, b"")])
    def test_does_not_hold_for_a_wrong_size(self, public: bytes, signature: bytes) -> None:
        assert not verifier.is_signature(public, b"message", signature)
