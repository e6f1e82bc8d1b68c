from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tandem.kernel.crypto import (
    DecryptionError,
    UnknownKeyError,
    blind_index,
    current_key_id,
    decrypt,
    derive_key,
    encrypt,
    key_id_of,
    random_token,
)


class TestEncrypt:
    @given(st.binary(), st.binary())
    def test_opens_with_the_same_associated_data(self, plain: bytes, aad: bytes) -> None:
        assert decrypt(encrypt(plain, aad=aad), aad=aad) == plain

    def test_says_which_key_it_used_and_never_repeats_itself(self) -> None:
        first, second = (encrypt(b"Rose", aad=b"a") for _ in range(2))

        assert key_id_of(first) == current_key_id() == "t1"
        assert first != second
        assert "Rose" not in first

    def test_does_not_open_for_another_place(self) -> None:
        """S-42: the associated data bind the ciphertext to its row."""
        sealed = encrypt(b"Rose", aad=b"card:1:name")

        with pytest.raises(DecryptionError):
            decrypt(sealed, aad=b"card:2:name")

    @pytest.mark.parametrize("position", [3, 10, 25, -1])
    def test_does_not_open_when_altered(self, position: int) -> None:
        sealed = list(encrypt(b"Rose", aad=b""))
        sealed[position] = "A" if sealed[position] != "A" else "B"

        with pytest.raises(DecryptionError):
            decrypt("".join(sealed), aad=b"")

    @pytest.mark.parametrize("text", ["t1:", "t1:AAAA", "t1:é", "t1:!!!!", "t1:" + "A" * 15])
    def test_refuses_what_is_no_ciphertext(self, text: str) -> None:
        with pytest.raises(DecryptionError):
            decrypt(text, aad=b"")


class TestKeys:
    def test_first_encrypts_and_all_decrypt(self, use_keys: Callable[[str], None]) -> None:
        use_keys("a")
        old = encrypt(b"Rose", aad=b"")

        use_keys("ba")

        assert key_id_of(encrypt(b"Rose", aad=b"")) == "b"
        assert decrypt(old, aad=b"") == b"Rose"

    def test_missing_key_is_named(self, use_keys: Callable[[str], None]) -> None:
        use_keys("a")
        old = encrypt(b"Rose", aad=b"")

        use_keys("b")

        with pytest.raises(UnknownKeyError, match="'a' is missing from TANDEM_ENCRYPTION_KEYS"):
            decrypt(old, aad=b"")

    def test_short_key_is_refused(self, settings: Settings) -> None:
        settings.TANDEM_ENCRYPTION_KEYS = [("short", b"1" * 16)]

        with pytest.raises(ValueError, match="32 bytes"):
            encrypt(b"Rose", aad=b"")


class TestDerivedKeys:
    def test_differ_by_purpose_and_survive_the_rotation(
        self, use_keys: Callable[[str], None]
    ) -> None:
        before = derive_key("journal")
        use_keys("z")

        assert derive_key("journal") == before
        assert derive_key("other") != before
        assert len(before) == 32

    def test_follow_the_index_key(self, settings: Settings) -> None:
        before = derive_key("journal")
        settings.TANDEM_INDEX_KEY = b"3" * 32

        assert derive_key("journal") != before


class TestBlindIndex:
    def test_is_the_same_for_the_same_value_only(self) -> None:
        index = blind_index("0612345678", domain="phone")

        assert index == blind_index("0612345678", domain="phone")
        assert index != blind_index("0612345679", domain="phone")
        assert len(index) == 64

    def test_does_not_match_across_domains_or_keys(self) -> None:
        indexes = {
            blind_index("rose", domain="name"),
            blind_index("rose", domain="town"),
            blind_index("rose", domain="name", key=b"4" * 32),
            blind_index("rose", domain="town", key=b"4" * 32),
            blind_index("rose", domain="name", key=b"5" * 32),
        }

        assert len(indexes) == 5


def test_random_tokens_are_safe_in_a_url_and_long_enough() -> None:
    """S-03, S-41: 128 bits at least."""
    tokens = {random_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(
        len(token) >= 22 and token.replace("-", "").replace("_", "").isalnum() for token in tokens
    )
