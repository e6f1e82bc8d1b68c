"""Every part, shown on the page of components and rendered alone."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from pytest_django import Settings

from tandem.ui.components import samples

pytestmark = pytest.mark.urls("tandem.ui.tests.urls")

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "ui"
PARTS = sorted(path.stem for path in (TEMPLATES / "parts").glob("*.html"))
# Parts of the frame of every page, and the one that only loads a script.
FRAME = {
    "context_bar",
    "curtain",
    "footer",
    "header",
    "header_public",
    "idle_dialog",
    "messages",
    "practice",
    "htmx",
}
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)|https?://", re.IGNORECASE
)


def part(part_name: str, /, request: HttpRequest | None = None, **context: object) -> str:
    return render_to_string(f"ui/parts/{part_name}.html", context, request=request)


class TestThePageOfComponents:
    def test_shows_every_part(self, client: Client) -> None:
        assert client.get("/composants/").status_code == 200
        sources = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
        shown = set(re.findall(r"ui/parts/([a-z_]+)\.html", sources))
        assert set(PARTS) - shown - {"htmx", "person_present", "search"} == set()
        page = "".join(path.read_text() for path in (TEMPLATES / "components").glob("*.html"))
        missing = {name for name in PARTS if f"ui/parts/{name}.html" not in page} - FRAME
        # Both are in the form and at the top of the same page.
        assert missing - {"back", "error_summary"} == set()

    @pytest.mark.parametrize(("mode", "status"), [("production", 404), ("demo", 200)])
    def test_exists_outside_production_only(
        self, client: Client, settings: Settings, mode: str, status: int
    ) -> None:
        settings.TANDEM_MODE = mode
        assert client.get("/composants/").status_code == status

    def test_names_invented_people_only(self) -> None:
        assert "Rose Lefèvre" in str(samples())


class TestEveryTemplate:
    @pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: p.stem)
    def test_is_short_and_holds_nothing_inline_nor_foreign(self, path: Path) -> None:
        """Law 7; P-42."""
        source = re.sub(r"\{#.*?#\}", "", path.read_text())
        assert INLINE.findall(source) == []
        assert source.count("\n") <= 80

    @pytest.mark.parametrize("name", PARTS)
    def test_of_a_part_says_its_parameters_first(self, name: str) -> None:
        assert (TEMPLATES / "parts" / f"{name}.html").read_text().startswith("{# ")


class TestAPart:
    def test_button_is_a_link_or_a_submit(self) -> None:
        assert '<a class="button" href="/x">Aller</a>' in part("button", label="Aller", href="/x")
        html = part("button", label="Arrêter", variant="danger", name="act", value="stop")
        assert (
            '<button class="button button--danger" type="submit" name="act" value="stop">' in html
        )

    def test_notice_has_a_shape_for_each_type(self) -> None:
        """RGAA 3.1: never by colour alone."""
        drawings = {
            re.search(r"<svg.*?</svg>", part("notice", type=kind, text="x"), re.DOTALL).group(0)  # type: ignore[union-attr]  # found or the test fails
            for kind in ("info", "success", "attention", "danger")
        }
        assert len(drawings) == 4

    def test_notice_of_a_django_message_has_the_same_shape(self) -> None:
        assert "notice--error" in part("notice", type="error", text="x")
        assert part("notice", type="error", text="x").count("<path") == part(
            "notice", type="danger", text="x"
        ).count("<path")

    def test_tag_has_a_shape_for_each_state(self) -> None:
        """RGAA 3.1."""
        states = ("active", "soon", "ended", "stopped", "frozen", "draft")
        drawings = {
            re.search(r"<svg.*?</svg>", part("tag", state=state, label="x")).group(0)  # type: ignore[union-attr]  # found or the test fails
            for state in states
        }
        assert len(drawings) == len(states)

    def test_step_line_says_the_step_in_words(self) -> None:
        assert "Étape 2 sur 5" in part("step_line", current=2, total=5)

    def test_summary_list_names_what_a_link_changes(self) -> None:
        """RGAA 6.1."""
        html = part("summary_list", rows=[{"label": "Durée", "value": "6 mois", "href": "/d"}])
        assert '<a href="/d">Modifier<span class="visually-hidden"> : Durée</span></a>' in html
        assert "Modifier" not in part("summary_list", rows=[{"label": "Nom", "value": "Rose"}])

    def test_table_ties_each_cell_to_its_column(self) -> None:
        """RGAA 5.6, 5.7; at 320 px the name of the column goes with the cell."""
        html = part(
            "table", caption="Mandats", columns=["Pour", "Fin"], rows=[["Logement", "mars"]]
        )
        assert "<caption>Mandats</caption>" in html
        assert '<th scope="row" role="rowheader">Logement</th>' in html
        assert '<td role="cell" data-label="Fin">mars</td>' in html

    def test_chart_has_a_table_twin(self) -> None:
        """RGAA 1.1, 1.6."""
        row = {"label": "Logement", "value": 24, "percent": 100}
        html = part(
            "chart", caption="Ce mois", label_column="Thème", value_column="Nombre", rows=[row]
        )
        assert '<ul aria-hidden="true">' in html
        assert '<th scope="row">Logement</th><td>24</td>' in re.sub(r">\s+<", "><", html)

    def test_pagination_of_one_page_is_nothing(self, rf: RequestFactory) -> None:
        from django.core.paginator import Paginator

        assert part("pagination", page=Paginator(range(3), 20).page(1)).strip() == ""
        request = rf.get("/", {"etat": "fini"})
        request.user = AnonymousUser()
        html = part("pagination", page=Paginator(range(60), 20).page(2), request=request)
        assert 'href="?etat=fini&amp;page=3"' in html
        assert "Page 2 sur 3" in html

    def test_person_card_begins_with_the_name(self) -> None:
        """P-30."""
        html = re.sub(
            r"<svg.*?</svg>", "", part("person_card", name="Rose Lefèvre"), flags=re.DOTALL
        )
        assert re.sub(r"<[^>]+>|\s+", " ", html).strip().startswith("Rose Lefèvre")

    def test_details_shows_text_as_text(self) -> None:
        assert "&lt;b&gt;" in part("details", summary="Plus", text="<b>x</b>")

    def test_progress_may_not_know_its_length(self) -> None:
        assert "<progress></progress>" in part("progress", label="Envoi")

    def test_empty_says_the_next_step(self) -> None:
        html = part("empty", text="Aucun mandat.", href="/m", label="Préparer un mandat")
        assert 'href="/m"' in html

    def test_search_never_puts_words_in_an_address(self) -> None:
        """S-51: a name is sent in the body."""
        from django import forms

        class Search(forms.Form):
            q = forms.CharField(label="Nom")

        html = part("search", form=Search(), action="/personnes/", label="Chercher", target="res")
        assert 'method="post"' in html
        assert "delay:500ms" in html
        assert "hx-get" not in html
