from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command

from tandem.kernel import rotation
from tandem.kernel.crypto import DecryptionError
from tandem.kernel.tests.samples import Card
from tandem.kernel.tests.test_fields import store, stored

pytestmark = pytest.mark.django_db
UseKeys = Callable[[str], None]


@pytest.fixture(autouse=True)
def _only_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    class Registry:
        @staticmethod
        def get_models() -> list[type[Card]]:
            return [Card]

    monkeypatch.setattr(rotation, "apps", Registry)


def fill(count: int) -> None:
    for number in range(count):
        Card.objects.create(name=f"nom {number}", details={"n": number}, nickname=None)


class TestRotateEncryption:
    def test_leaves_every_value_under_the_new_key(
        self, cards: type[Card], use_keys: UseKeys
    ) -> None:
        """S-42, R-27: the old key may be removed afterwards."""
        use_keys("a")
        fill(5)
        use_keys("ba")

        assert rotation.rotate_encryption(batch=2) == 5

        use_keys("b")
        read = [(card.name, card.details, card.nickname) for card in cards.objects.order_by("pk")]
        assert read == [(f"nom {n}", {"n": n}, None) for n in range(5)]

    def test_does_not_touch_what_is_done(self, cards: type[Card], use_keys: UseKeys) -> None:
        use_keys("b")
        fill(1)
        before = stored(cards.objects.get(), "name")

        assert rotation.rotate_encryption() == 0
        assert stored(cards.objects.get(), "name") == before

    def test_goes_on_where_it_was_stopped(self, cards: type[Card], use_keys: UseKeys) -> None:
        use_keys("a")
        fill(5)
        use_keys("ba")

        def stop(table: str, done: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rotation.rotate_encryption(batch=2, progress=stop)

        assert rotation.rotate_encryption(batch=2) == 3

    def test_stops_at_a_row_that_lies(self, cards: type[Card], use_keys: UseKeys) -> None:
        use_keys("a")
        fill(2)
        first, second = cards.objects.order_by("pk")
        store(second, "name", stored(first, "name"))
        use_keys("ba")

        with pytest.raises(DecryptionError):
            rotation.rotate_encryption()

    def test_command_tells_its_progress(self, cards: type[Card], use_keys: UseKeys) -> None:
        use_keys("a")
        fill(3)
        use_keys("ba")
        out = StringIO()

        call_command("encryption_rotate", "--batch", "2", stdout=out)

        assert out.getvalue().splitlines() == [
            "  kernel_card : 2",
            "  kernel_card : 3",
            "Rotation terminée : 3 lignes chiffrées de nouveau.",
        ]
