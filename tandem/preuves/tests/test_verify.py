"""A clerk checks a mandat: what they learn, what they do not, and what the person sees of it."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from tandem.journal.models import Entry
from tandem.journal.queries import entries_about
from tandem.mandats.actions import revoke_autorisation, revoke_mandat
from tandem.mandats.models import Mandat
from tandem.mandats.queries import code_words
from tandem.mandats.queries.verification import ALPHABET, CODE_LENGTH
from tandem.mandats.tests.factories import line_of
from tandem.preuves import actions
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
UNKNOWN = "3" * CODE_LENGTH


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Any:
    with time_machine.travel(at + timedelta(hours=1), tick=False):
        yield


def text_of(response: Any) -> str:
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)
    assert main
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0]))


def fields_of(response: Any) -> int:
    return str(response.content.decode()).count("<dt>")


class TestValid:
    def test_says_five_fields_and_nobodys_name(
        self, client: Any, address: str, mandat: Mandat, rose: Usager
    ) -> None:
        """P-45: valid or not, scope, end date, structure, seal; neither the person nor an aidant."""
        response = client.get(address)
        text = text_of(response)

        assert response.status_code == 200
        assert fields_of(response) == 5
        for said in (
            "Ce mandat est valable",
            "Logement",
            "Complémentaire santé",
            "3 décembre 2026",
        ):
            assert said in text.replace("\N{NO-BREAK SPACE}", " ")
        assert "CCAS de Valmont" in text
        assert mandat.seal[:8] in text
        for hidden in (rose.family_name, "Rose", "Alice", "Exemple", str(mandat.public_id), "1955"):
            assert hidden not in text

    def test_reads_the_code_however_it_is_written(self, client: Any, mandat: Mandat) -> None:
        written = code_words(mandat.verification_code)

        for code in (written, written.lower(), mandat.verification_code):
            assert "est valable" in text_of(client.get(f"/verifier/{code}/"))

    def test_is_kept_nowhere_and_found_by_no_search_engine(self, client: Any, address: str) -> None:
        """The address holds a code: no cache, no index, no referrer to another site."""
        response = client.get(address)

        assert response["Cache-Control"] == "no-store"
        assert "noindex" in response["X-Robots-Tag"]
        assert '<meta name="robots" content="noindex' in response.content.decode()
        assert response["Referrer-Policy"] in {"same-origin", "no-referrer"}
        outside = re.findall(r'(?:href|src|action)="(https?:[^"]+)"', response.content.decode())
        assert outside == []


class TestEnded:
    def test_is_seen_at_once(
        self, client: Any, address: str, mandat: Mandat, acteur: Acteur, at: datetime
    ) -> None:
        """P-45: revoked within a second."""
        revoke_mandat(acteur=acteur, mandat=mandat, at=at + timedelta(minutes=30))

        response = client.get(address)

        assert "n’est plus valable" in text_of(response)
        assert "Valable aujourd’hui" not in text_of(response)
        assert fields_of(response) == 5

    def test_leaves_the_other_lines(
        self, client: Any, address: str, mandat: Mandat, acteur: Acteur, at: datetime
    ) -> None:
        revoke_autorisation(
            acteur=acteur,
            autorisation=line_of(mandat, "theme:logement"),
            at=at + timedelta(minutes=1),
        )

        text = text_of(client.get(address))

        assert "est valable" in text
        assert "Logement" not in text

    def test_does_not_say_why(self, client: Any, address: str, rose: Usager, at: datetime) -> None:
        """P-45: a frozen mandat looks like an ended one; no end in the future is shown."""
        Usager.objects.filter(pk=rose.pk).update(frozen_at=at, freeze_reason="dispute")

        text = text_of(client.get(address))

        assert "n’est plus valable" in text
        assert "dispute" not in text
        assert "2026" not in text.split("Vérifié le")[0]


class TestUnknown:
    def test_is_answered_the_same_whatever_was_typed(self, client: Any, address: str) -> None:
        """B.2 enumerator: a wrong code and a text that is no code give the same page, byte for byte."""
        answers = {
            re.sub(
                rb'name="csrfmiddlewaretoken" value="\w+"',
                b"",
                client.get(f"/verifier/{code}/").content,
            )
            for code in (UNKNOWN, "4" * CODE_LENGTH, "court", "x" * 500, "0-1-2")
        }

        assert len(answers) == 1
        assert "n’est pas celui d’un mandat" in answers.pop().decode()
        assert client.get(f"/verifier/{UNKNOWN}/").status_code == client.get(address).status_code

    def test_is_not_journaled(self, client: Any, mandat: Mandat) -> None:
        before = Entry.objects.count()

        client.get(f"/verifier/{UNKNOWN}/")

        assert Entry.objects.count() == before


class TestCode:
    def test_cannot_be_guessed(self) -> None:
        """At least 128 bits."""
        assert len(ALPHABET) ** CODE_LENGTH >= 2**128


class TestJournal:
    def test_tells_the_person_that_someone_looked_without_saying_who(
        self, client: Any, address: str, mandat: Mandat, rose: Usager
    ) -> None:
        """5.2: each consultation is journaled and visible to the person."""
        client.get(address, REMOTE_ADDR="203.0.113.7")

        entry = entries_about(rose.public_id).get(event="preuves.mandat_verified")
        assert (entry.author_kind, entry.author_id) == ("verifier", None)
        assert (entry.subject_label, entry.subject_id) == ("mandat", mandat.public_id)
        assert entry.facts == {"status": "valid"}
        assert "203.0.113" not in entry.facts_text

    def test_or_nothing_is_answered(
        self, client: Any, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """R-31: no consultation without its line."""

        class JournalAway(Exception):  # noqa: N818
            pass

        def away(*_args: object, **_kwargs: object) -> None:
            raise JournalAway

        monkeypatch.setattr(actions, "record", away)

        with pytest.raises(JournalAway):
            client.get(address)


class TestLimit:
    def test_slows_an_address_that_tries_too_much_and_no_other(
        self, client: Any, address: str
    ) -> None:
        for _ in range(actions.PER_MINUTE):
            assert client.get(f"/verifier/{UNKNOWN}/", REMOTE_ADDR="203.0.113.7").status_code == 200

        refused = client.get(address, REMOTE_ADDR="203.0.113.7")
        elsewhere = client.get(address, REMOTE_ADDR="203.0.113.8")

        assert refused.status_code == 429
        assert "valable" not in text_of(refused)
        assert elsewhere.status_code == 200

    def test_ends_by_itself(self, client: Any, address: str, at: datetime) -> None:
        for _ in range(actions.PER_MINUTE + 1):
            client.get(f"/verifier/{UNKNOWN}/")

        with time_machine.travel(at + timedelta(hours=1, minutes=1), tick=False):
            assert client.get(address).status_code == 200

    def test_counts_the_hour_too(self, client: Any, address: str, at: datetime) -> None:
        for minute in range(actions.PER_HOUR // actions.PER_MINUTE):
            with time_machine.travel(at + timedelta(hours=2, minutes=minute), tick=False):
                for _ in range(actions.PER_MINUTE):
                    client.get(f"/verifier/{UNKNOWN}/")

        with time_machine.travel(at + timedelta(hours=2, minutes=30), tick=False):
            assert client.get(address).status_code == 429


class TestStart:
    def test_leads_to_the_page_of_the_code(self, client: Any, mandat: Mandat) -> None:
        typed = mandat.verification_code.lower()

        response = client.post("/verifier/", {"code": f"  {typed[:4]} {typed[4:]}"})

        assert response.status_code == 302
        assert response["Location"] == f"/verifier/{code_words(mandat.verification_code)}/"

    @pytest.mark.parametrize("code", ["", "court", "3467-89QW", "é" * 28])
    def test_says_what_is_wrong(self, client: Any, code: str) -> None:
        """A-10: what, where, how to repair; what was typed stays."""
        response = client.post("/verifier/", {"code": code})

        assert response.status_code == 422
        assert ("28 lettres" in text_of(response)) or ("Tapez le code" in text_of(response))

    def test_is_open_to_all_and_indexed_by_none(self, client: Any) -> None:
        response = client.get("/verifier/")

        assert response.status_code == 200
        assert "noindex" in response["X-Robots-Tag"]
        assert response["Cache-Control"] == "no-store"
