from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.usagers import rules
from tandem.usagers.rules import Capability, Holder, Protected, Rung, Weakness

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class TestTheRungPolicy:
    """mandats.md, « How sure we are of the person »; P-32."""

    TABLE = {
        Rung.FRANCECONNECT: {"release", "paper", "follow_up", "letters", "beside"},
        Rung.PIECE_VUE: {"paper", "follow_up", "letters", "beside"},
        Rung.CONNU: {"follow_up", "letters", "beside"},
        Rung.DECLARE: {"beside"},
        Rung.FICTIF: {"paper", "follow_up", "letters", "beside"},
    }

    @pytest.mark.parametrize("rung", Rung)
    def test_allows_exactly_the_table(self, rung: Rung) -> None:
        allowed = {
            c.value for c in Capability if rules.rung_allows(rung, c, established_at=AT, at=AT)
        }

        assert allowed == self.TABLE[rung]

    def test_releases_an_identity_only_after_franceconnect(self) -> None:
        for rung in Rung:
            releases = rules.rung_allows(rung, Capability.RELEASE, established_at=AT, at=AT)
            assert releases == (rung is Rung.FRANCECONNECT)

    def test_forgets_a_known_person_after_31_days(self) -> None:
        last, over = AT + timedelta(days=31, microseconds=-1), AT + timedelta(days=31)

        assert rules.rung_allows(Rung.CONNU, Capability.LETTERS, established_at=AT, at=last)
        assert not rules.rung_allows(Rung.CONNU, Capability.LETTERS, established_at=AT, at=over)
        assert rules.rung_allows(Rung.CONNU, Capability.BESIDE, established_at=AT, at=over)


class TestMajority:
    """P-33: the birthday and its eve, 29 February, presumed dates."""

    @pytest.mark.parametrize(
        ("birthdate", "first_day"),
        [
            ("2008-11-02", date(2026, 11, 2)),
            ("2008-12-31", date(2026, 12, 31)),
            # 2026 has no 29 February; 2044 has one.
            ("2008-02-29", date(2026, 3, 1)),
            ("2026-02-28", date(2044, 2, 28)),
            # Presumed: the latest day it may be.
            ("2008-05-00", date(2026, 5, 31)),
            ("2008-02-00", date(2026, 3, 1)),
            ("2008-00-00", date(2026, 12, 31)),
        ],
    )
    def test_begins_that_day_and_not_the_day_before(self, birthdate: str, first_day: date) -> None:
        assert rules.is_adult(birthdate, on=first_day)
        assert rules.is_adult(birthdate, on=first_day + timedelta(days=1))
        assert not rules.is_adult(birthdate, on=first_day - timedelta(days=1))

    @pytest.mark.parametrize(
        "birthdate", ["", "1955", "1955-13-01", "2001-02-30", "١٩٥٥-٠٤-١٢", "12/04/1955"]
    )
    def test_is_not_presumed_from_a_date_that_is_none(self, birthdate: str) -> None:
        assert not rules.is_adult(birthdate, on=date(2026, 11, 2))
        assert rules.birthdate_words(birthdate) in {"", "1955"}


class TestSigning:
    """P-33, P-34."""

    def refusal(self, protected: str, birthdate: str = "1955-04-12") -> str | None:
        return rules.signing_refusal(protected=protected, birthdate=birthdate, on=date(2026, 11, 2))

    def test_is_for_adults_who_decide_alone_and_said_so(self) -> None:
        assert self.refusal(Protected.NONE) is None

    @pytest.mark.parametrize(
        "protected", [Protected.NOT_ASKED, Protected.MINOR, Protected.PROTECTION]
    )
    def test_is_refused_to_the_others(self, protected: str) -> None:
        assert self.refusal(protected)

    def test_is_refused_to_a_minor_whatever_was_answered(self) -> None:
        assert "mineure" in (self.refusal(Protected.NONE, "2008-11-03") or "")
        assert self.refusal(Protected.NONE, "2008-11-02") is None

    def test_is_refused_when_nobody_knows_the_age(self) -> None:
        assert self.refusal(Protected.NONE, "")


class TestUse:
    def test_stops_for_a_death_a_freeze_and_an_erasure(self) -> None:
        nothing = {"died_known_at": None, "frozen_at": None, "erased_at": None}

        assert rules.use_refusal(**nothing) is None
        for name in nothing:
            assert rules.use_refusal(**{**nothing, name: AT})

    def test_never_says_why_a_file_is_frozen(self) -> None:
        """P-36: a relative may be reading."""
        words = rules.use_refusal(died_known_at=None, frozen_at=AT, erased_at=None) or ""

        for reason in rules.FreezeReason.labels:
            assert str(reason) not in words
        assert "pression" not in words


class TestSearchWords:
    @pytest.mark.parametrize(
        ("name", "found_by"),
        [
            ("Lefèvre", ["lef", "LEFÈVRE", "lefev", "Lefévre"]),
            ("Le Pennec", ["pen", "le pen", "lepen", "le pennec"]),
            ("Jean-Baptiste", ["bap", "jeanbap", "jean bap"]),
            ("D’Arc", ["d'arc", "arc", "darc"]),
            ("Nguyễn Văn", ["nguyen", "van", "nguyen van"]),
            ("Œuvrard", ["oeuv"]),
            ("Li Wei", ["wei", "li wei", "liwei"]),
            ("Straße", ["stras"]),
        ],
    )
    def test_find_a_name_without_its_accents(self, name: str, found_by: list[str]) -> None:
        prefixes = rules.name_prefixes([name])
        for q in found_by:
            long, short = rules.search_terms(q)
            assert {*long, *short} <= prefixes, q
            assert long or short

    @pytest.mark.parametrize(
        "q", ["", "le", "l e", "  a ", "12", "123456789012345", "155043523800112", "%%%", "___"]
    )
    def test_are_nothing_under_three_letters_or_for_a_number(self, q: str) -> None:
        """S-51."""
        assert rules.search_terms(q) == ([], [])

    @given(st.text(max_size=60))
    def test_of_any_text_are_letters_only(self, q: str) -> None:
        long, short = rules.search_terms(q)
        for word in [*long, *short]:
            assert not any(c.isdigit() or c.isspace() for c in word)

    @given(st.text(alphabet=st.characters(categories=["L"]), min_size=3, max_size=30))
    def test_find_again_the_name_they_were_made_of(self, name: str) -> None:
        long, short = rules.search_terms(name)
        assert {*long, *short} <= rules.name_prefixes([name])

    def test_of_a_prefix_say_nothing_shorter_than_three_letters(self) -> None:
        assert all(len(p) >= 3 for p in rules.name_prefixes(["Rose Lefèvre"]))


class TestAMobileNumber:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("06 12 34 56 78", "+33612345678"),
            ("+33 7 56 78 90 12", "+33756789012"),
            ("0690 12 34 56", "+590690123456"),
            ("0692 12 34 56", "+262692123456"),
            ("+687 75 12 34", "+687751234"),
            ("+689 87 12 34 56", "+68987123456"),
            (" 06.12.34.56.78 ", "+33612345678"),
            ("06-12-34-56-78", "+33612345678"),
            ("87 12 34 56", ""),
            ("02 99 00 00 00", ""),
            ("3949", ""),
            ("08 99 70 00 00", ""),
            ("+40 721 234 567", ""),
            ("06 12 34 56", ""),
            # Six digits may be of Saint-Pierre or of Nouméa: the code must be written.
            ("751234", ""),
            ("", ""),
        ],
    )
    def test_is_one_of_france_or_overseas(self, typed: str, kept: str) -> None:
        assert rules.clean_phone(typed) == kept

    def test_is_read_as_people_write_it(self) -> None:
        assert rules.phone_words("+33612345678") == "06 12 34 56 78"


class TestAChannel:
    OWN = {
        "holder": Holder.PERSON, "proven": True, "failed": False, "discreet": False, "shared": False,
        "of_a_compte": False,
    }  # fmt: skip

    def test_of_the_person_alone_and_proven_carries(self) -> None:
        """P-14."""
        assert rules.channel_weakness(**self.OWN) is None  # type: ignore[arg-type]  # a table of values

    @pytest.mark.parametrize(
        ("name", "value", "weakness"),
        [
            ("proven", False, Weakness.UNPROVEN),
            ("failed", True, Weakness.FAILED),
            ("discreet", True, Weakness.DISCREET),
            ("shared", True, Weakness.SHARED),
            ("of_a_compte", True, Weakness.AIDANT),
            *[("holder", holder, Weakness.HOLDER) for holder in Holder if holder != Holder.PERSON],
        ],
    )
    def test_weak_in_one_way_carries_nothing(
        self, name: str, value: object, weakness: Weakness
    ) -> None:
        assert rules.channel_weakness(**{**self.OWN, name: value}) is weakness  # type: ignore[arg-type]  # same

    def test_is_the_same_mailbox_behind_a_label(self) -> None:
        assert rules.channel_key("email", "Alice+rose@aide.example") == rules.channel_key(
            "email", "alice@aide.example"
        )


class TestDiscreetWords:
    """S-31: no démarche, no kind of organisation, no amount."""

    @pytest.mark.parametrize(
        "text",
        [
            "Le CCAS a agi pour vous", "Votre dossier de RSA", "à la mairie", "Vos impôts", "Vous recevrez 120 €",
            "120,50 euros", "France Services vous attend", "votre aide au LOGEMENT", "votre assistante sociale",
        ],
    )  # fmt: skip
    def test_are_missing_from_a_text_that_says_too_much(self, text: str) -> None:
        assert rules.indiscreet_words(text)

    def test_say_that_something_was_done_and_whom_to_ask(self) -> None:
        text = "Bonjour, votre aidant a agi pour vous le 2 novembre à 9 h 12. Ce n’était pas prévu ? Appelez-le."

        assert rules.indiscreet_words(text) == []
        assert "’" not in rules.sms_text(text)


class TestABirthdate:
    @pytest.mark.parametrize(
        ("birthdate", "words"),
        [("1955-04-12", "12 avril 1955"), ("1946-05-00", "mai 1946"), ("1946-00-00", "1946")],
    )
    def test_says_only_what_is_known(self, birthdate: str, words: str) -> None:
        """FS-08."""
        assert rules.birthdate_words(birthdate).replace("\u00a0", " ") == words


class TestAPurpose:
    @pytest.mark.parametrize(
        "purpose", ["usage:0b1c2d3e-0000-4000-8000-000000000000", "channel.prove:" + "0" * 32]
    )
    def test_is_a_word_and_an_identifier(self, purpose: str) -> None:
        assert rules.is_purpose(purpose)

    @pytest.mark.parametrize(
        "purpose", ["usage", "usage:", "usage:Rose Lefèvre", "Usage:" + "0" * 32, "a:b:c", ""]
    )
    def test_holds_no_free_text(self, purpose: str) -> None:
        assert not rules.is_purpose(purpose)
