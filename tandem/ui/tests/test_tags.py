"""`{% load tandem %}`."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.template import Context, Template

from tandem.ui import icons

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
# The end of 12 March in Paris, as a mandat keeps it.
END = datetime(2027, 3, 12, 22, 59, 59, 999999, tzinfo=UTC)


def rendered(source: str, **context: object) -> str:
    return Template("{% load tandem %}" + source).render(Context(context))


class TestDates:
    def test_are_shown_in_the_local_day(self) -> None:
        late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
        assert rendered("{{ d|date_fr }}", d=late) == "1er\xa0janvier 2027"

    def test_take_the_time_on_demand(self) -> None:
        assert rendered("{{ d|date_fr:'heure' }}", d=AT) == "2\xa0novembre 2026 à 10\xa0h"

    def test_that_are_missing_show_nothing(self) -> None:
        assert rendered("{{ d|date_fr }}{% time_tag d %}{% until d %}", d=None) == ""

    def test_are_marked_for_machines(self) -> None:
        assert (
            rendered("{% time_tag d %}", d=date(2027, 3, 12))
            == '<time datetime="2027-03-12">12\xa0mars 2027</time>'
        )
        assert '<time datetime="2026-11-02T10:00+01:00">' in rendered(
            "{% time_tag d 'heure' %}", d=AT
        )


class TestUntil:
    def test_says_the_last_day_and_how_far_it_is(self) -> None:
        assert (
            rendered("{% until end %}", end=END, at=AT)
            == 'jusqu’au <time datetime="2027-03-12">12\xa0mars 2027</time> (dans 4\xa0mois)'
        )

    def test_counts_from_the_instant_of_the_page(self) -> None:
        near = datetime(2027, 3, 11, 9, 0, tzinfo=UTC)
        assert "(demain)" in rendered("{% until end %}", end=END, at=near)

    @time_machine.travel(datetime(2027, 3, 13, 9, 0, tzinfo=UTC))
    def test_reads_the_clock_for_a_page_without_instant(self) -> None:
        assert "(terminé)" in rendered("{% until end %}", end=END)


class TestAnIcon:
    def test_is_silent_by_default(self) -> None:
        html = rendered("{% icon 'fait' %}")
        assert 'aria-hidden="true"' in html
        assert "<title>" not in html

    def test_speaks_with_a_title_that_is_escaped(self) -> None:
        html = rendered("{% icon 'fait' title %}", title="<b>Fait</b>")
        assert 'role="img"' in html
        assert "<title>&lt;b&gt;Fait&lt;/b&gt;</title>" in html

    def test_of_a_theme_is_a_pictogram(self) -> None:
        for name in icons.PICTOGRAMS:
            assert 'class="picto" viewBox="0 0 48 48"' in rendered(f"{{% icon '{name}' %}}")

    @pytest.mark.parametrize("name", ["absente", "../../favicon", "Fait", ""])
    def test_that_is_unknown_fails_instead_of_reading_another_file(self, name: str) -> None:
        with pytest.raises(icons.UnknownIconError):
            rendered("{% icon name %}", name=name)

    def test_holds_nothing_but_shapes(self) -> None:
        for name in icons.names():
            drawing = icons.drawing(name)
            assert drawing
            assert not {"<script", "style", "href", "<image", "<text"} & set(drawing.split())
            assert "style=" not in drawing
