"""Pages of a list that may be very long: past a bound, nobody counts it."""

from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

# A few hundred rows are counted at once; how many pages fifty thousand make, nobody asks.
COUNTED: Final = 500


class LongPage(Page):  # type: ignore[type-arg]  # not generic when it runs
    """A page that knows of the next one without the list being counted."""

    is_last = False

    def has_next(self) -> bool:
        return not self.is_last if self.paginator.is_long else super().has_next()  # type: ignore[attr-defined]  # ours


class LongPaginator(Paginator):  # type: ignore[type-arg]  # same
    """`get_page(n)` costs the same for a thousand rows and for fifty thousand. `is_long`: the total is not known."""

    object_list: "QuerySet[Any, Any]"

    @cached_property
    def is_long(self) -> bool:
        """More rows than are counted."""
        return self.count >= COUNTED

    @cached_property
    def count(self) -> int:
        """How many rows, or that there are very many."""
        return self.object_list.order_by()[:COUNTED].count()

    def validate_number(self, number: Any) -> int:
        """Any page may exist in a long list."""
        try:
            asked = int(number)
        except (TypeError, ValueError):
            asked = 1
        return max(asked, 1) if self.is_long else super().validate_number(number)

    def page(self, number: Any) -> "Page[Any]":
        """One page; past the end of a long list, which is then counted, the last one."""
        number = self.validate_number(number)
        if not self.is_long:
            return super().page(number)
        start = (number - 1) * self.per_page
        rows = list(self.object_list[start : start + self.per_page + 1])
        if not rows:
            return self.page(-(-self.object_list.count() // self.per_page))
        page = LongPage(rows[: self.per_page], number, self)
        page.is_last = len(rows) <= self.per_page
        return page
