import copy
import pickle
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.exceptions import FieldError
from django.core.serializers import serialize
from django.db import connection, transaction
from django.db.models import F, Model, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Upper

from tandem.kernel.crypto import DecryptionError, UnknownKeyError
from tandem.kernel.fields import Sealed
from tandem.kernel.tests.samples import Bare, Card, Indexed

pytestmark = pytest.mark.django_db
Cards = type[Card]


def stored(card: Model, column: str) -> str | None:
    """What the database really holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM kernel_card WHERE id = %s", [card.pk])  # noqa: S608
        value: str | None = cursor.fetchone()[0]
        return value


def store(card: Model, column: str, value: str | None) -> None:
    """Write behind the back of the model."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE kernel_card SET {column} = %s WHERE id = %s", [value, card.pk])  # noqa: S608


class TestEncryptedField:
    def test_never_reaches_the_database_in_clear(self, cards: Cards) -> None:
        card = cards.objects.create(name="Rose", nickname="Rosette", details={"city": "Lyon"})

        held = [stored(card, column) for column in ("name", "nickname", "details")]
        assert all(text and text.startswith("t1:") for text in held)
        assert not any(word in str(held) for word in ("Rose", "Rosette", "Lyon"))

    def test_is_read_in_clear(self, cards: Cards) -> None:
        card = cards.objects.create(name="Rose", details={"city": "Lyon", "n": [1, None]})

        [found] = cards.objects.all()

        assert (found.name, found.details) == ("Rose", {"city": "Lyon", "n": [1, None]})
        assert found == card

    def test_keeps_empty_empty(self, cards: Cards) -> None:
        card = cards.objects.create()

        card.refresh_from_db()

        assert (card.name, card.nickname, card.details) == ("", None, None)
        assert (stored(card, "name"), stored(card, "nickname")) == ("", None)
        assert stored(card, "details") is None

    def test_is_decrypted_only_when_read(
        self, cards: Cards, use_keys: Callable[[str], None]
    ) -> None:
        cards.objects.create(name="Rose")
        use_keys("z")

        [card] = cards.objects.all()

        assert card.title == "carte"
        with pytest.raises(UnknownKeyError):
            assert card.name

    def test_swapped_between_rows_does_not_open(self, cards: Cards) -> None:
        """S-42: the ciphertext of one row is worth nothing in another."""
        rose = cards.objects.create(name="Rose")
        andrei = cards.objects.create(name="Andrei")
        store(andrei, "name", stored(rose, "name"))

        with pytest.raises(DecryptionError):
            assert cards.objects.get(pk=andrei.pk).name

    def test_swapped_between_columns_does_not_open(self, cards: Cards) -> None:
        """S-42."""
        card = cards.objects.create(name="Rose", nickname="Rosette")
        store(card, "name", stored(card, "nickname"))

        with pytest.raises(DecryptionError):
            assert cards.objects.get().name

    def test_written_in_clear_by_hand_does_not_pass_for_a_value(self, cards: Cards) -> None:
        card = cards.objects.create(name="Rose")
        store(card, "name", "Mallory")

        with pytest.raises(DecryptionError):
            assert cards.objects.get().name

    def test_unread_is_saved_without_being_touched(
        self, cards: Cards, use_keys: Callable[[str], None]
    ) -> None:
        before = stored(cards.objects.create(name="Rose"), "name")
        use_keys("z")

        [card] = cards.objects.all()
        card.title = "autre"
        card.save()

        assert stored(card, "name") == before

    def test_json_changed_in_place_is_saved(self, cards: Cards) -> None:
        cards.objects.create(details={"city": "Lyon"})

        [card] = cards.objects.all()
        card.details["city"] = "Brest"
        card.save()

        assert cards.objects.get().details == {"city": "Brest"}


class TestEncryptedInstance:
    def test_is_refreshed(self, cards: Cards) -> None:
        card = cards.objects.create(name="Rose")
        other = cards.objects.get()
        other.name = "Andrei"
        other.save()

        card.refresh_from_db()

        assert card.name == "Andrei"

    def test_may_be_deferred(self, cards: Cards) -> None:
        cards.objects.create(name="Rose", nickname="Rosette")

        deferred = cards.objects.defer("name").get()
        only = cards.objects.only("name").get()

        assert "name" in deferred.get_deferred_fields()
        assert (deferred.name, deferred.nickname) == ("Rose", "Rosette")
        assert only.name == "Rose"

    def test_is_created_in_bulk(self, cards: Cards) -> None:
        cards.objects.bulk_create([cards(name="Rose"), cards(name="Andrei"), cards()])

        assert [card.name for card in cards.objects.order_by("pk")] == ["Rose", "Andrei", ""]

    def test_is_copied_and_pickled(self, cards: Cards, monkeypatch: pytest.MonkeyPatch) -> None:
        cards.objects.create(name="Rose")
        [card] = cards.objects.all()
        monkeypatch.setattr("django.apps.apps.get_model", lambda *name: cards)

        copies = [copy.copy(card), copy.deepcopy(card), pickle.loads(pickle.dumps(card))]  # noqa: S301 - its own

        assert [each.name for each in copies] == ["Rose"] * 3

    def test_may_become_another_row(self, cards: Cards) -> None:
        cards.objects.create(name="Rose")
        card = cards.objects.get()
        card.pk, card.public_id = None, uuid4()
        card.save()

        assert [each.name for each in cards.objects.all()] == ["Rose", "Rose"]

    def test_saves_some_fields_only(self, cards: Cards) -> None:
        card = cards.objects.create(name="Rose", nickname="Rosette")
        card.name, card.nickname = "Andrei", "Andy"
        card.save(update_fields=["name"])

        found = cards.objects.get()
        assert (found.name, found.nickname) == ("Andrei", "Rosette")

    def test_shows_nothing_sealed_in_its_representation(self, cards: Cards) -> None:
        cards.objects.create(name="Rose")

        assert "Rose" not in repr(cards.objects.get().__dict__)


class TestQuery:
    @pytest.mark.parametrize("lookup", ["name", "name__icontains", "name__in", "name__gt"])
    def test_by_value_is_refused(self, cards: Cards, lookup: str) -> None:
        value = ["Rose"] if lookup.endswith("in") else "Rose"

        with pytest.raises((FieldError, TypeError), match="blind index"):
            cards.objects.filter(**{lookup: value}).exists()

    def test_by_json_path_is_refused(self, cards: Cards) -> None:
        for path in ("details__city", "details__city__name", "name__lower__exact"):
            with pytest.raises(FieldError):
                cards.objects.filter(**{path: "Lyon"}).exists()

    def test_by_absence_is_allowed(self, cards: Cards) -> None:
        cards.objects.create(nickname=None)
        cards.objects.create(nickname="Rosette")

        assert cards.objects.filter(nickname__isnull=True).count() == 1

    def test_values_never_show_the_plain_text(self, cards: Cards) -> None:
        cards.objects.create(name="Rose")

        shown = [
            *cards.objects.values_list("name", flat=True),
            *cards.objects.annotate(loud=Upper("name"), same=F("name")).values_list("loud", "same"),
        ]

        assert isinstance(shown[0], Sealed)
        assert "rose" not in str(shown).lower()

    def test_update_with_a_plain_value_is_refused(self, cards: Cards) -> None:
        card = cards.objects.create(name="Rose")

        with pytest.raises(TypeError, match="save"), transaction.atomic():
            cards.objects.update(name="Andrei")

        card.refresh_from_db()
        assert card.name == "Rose"

    @pytest.mark.parametrize("expression", [Value("Andrei"), F("title"), Upper("title")])
    def test_an_expression_never_writes_plain_text(
        self, cards: Cards, expression: Combinable
    ) -> None:
        card = cards.objects.create(name="Rose")
        card.name = expression

        for write in (lambda: cards.objects.update(name=expression), card.save):
            with pytest.raises(TypeError, match="compute"), transaction.atomic():
                write()

        assert cards.objects.get().name == "Rose"

    def test_equality_serves_only_to_say_that_it_is_empty(self, cards: Cards) -> None:
        cards.objects.create(name="Rose")
        cards.objects.create()

        assert cards.objects.exclude(name="").get().name == "Rose"

    def test_bulk_update_with_a_plain_value_is_refused(self, cards: Cards) -> None:
        card = cards.objects.create(name="Rose")
        card.name = "Andrei"

        with pytest.raises(TypeError):
            cards.objects.bulk_update([card], ["name"])

    def test_update_may_erase(self, cards: Cards) -> None:
        card = cards.objects.create(name="Rose", nickname="Rosette")

        cards.objects.update(name="", nickname=None)

        assert (stored(card, "name"), stored(card, "nickname")) == ("", None)

    def test_serialisation_is_refused(self, cards: Cards) -> None:
        with pytest.raises(TypeError, match="not serialised"):
            serialize("json", [cards.objects.create(name="Rose")])


class TestChecks:
    def test_accept_the_sample(self) -> None:
        assert Card.check() == []

    def test_refuse_a_model_without_public_id(self) -> None:
        assert "kernel.E001" in [found.id for found in Bare.check()]

    def test_refuse_an_index(self) -> None:
        assert "kernel.E002" in [found.id for found in Indexed.check()]
