"""A list that may be very long is never counted to its end: `ui.pagination`, on the communes."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tandem.referentiels.models import Commune
from tandem.ui import pagination
from tandem.ui.pagination import LongPaginator

pytestmark = pytest.mark.django_db


@pytest.fixture
def communes(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Forty-three rows, of which ten are counted."""
    Commune.objects.all().delete()
    Commune.objects.bulk_create(
        Commune(insee=f"{number:05d}", name=f"Bourg {number:02d}", postcodes="35000")
        for number in range(43)
    )
    monkeypatch.setattr(pagination, "COUNTED", 10)
    return Commune.objects.order_by("insee")


def names(page: Any) -> list[str]:
    return [row.name for row in page.object_list]


class TestALongList:
    def test_gives_each_page_and_knows_of_the_next_without_counting(
        self, communes: Any, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        """Law 12."""
        for number in (1, 2, 4):
            with django_assert_num_queries(2):
                page = LongPaginator(communes, 10).get_page(number)
                assert page.paginator.is_long  # type: ignore[attr-defined]  # ours
                assert len(names(page)) == 10
                assert names(page)[0] == f"Bourg {10 * (number - 1):02d}"
                assert page.has_next()
            assert page.has_previous() == (number > 1)

    @pytest.mark.parametrize("number", [5, 6, 9999])
    def test_ends_with_its_last_page(self, communes: Any, number: int) -> None:
        page = LongPaginator(communes, 10).get_page(number)
        assert (page.number, len(names(page)), page.has_next()) == (5, 3, False)

    def test_that_is_full_to_its_end_says_so(self, communes: Any) -> None:
        page = LongPaginator(communes.filter(insee__lt="00040"), 10).get_page(4)
        assert (len(names(page)), page.has_next()) == (10, False)

    @pytest.mark.parametrize("number", ["", "abc", "-3", "0", None])
    def test_begins_with_its_first_page(self, communes: Any, number: Any) -> None:
        assert LongPaginator(communes, 10).get_page(number).number == 1


class TestAShortList:
    def test_is_counted_as_ever(self, communes: Any) -> None:
        paginator = LongPaginator(communes.filter(insee__lt="00009"), 4)
        assert not paginator.is_long
        assert paginator.num_pages == 3
        page = paginator.get_page(3)
        assert (names(page), page.has_next()) == (["Bourg 08"], False)
