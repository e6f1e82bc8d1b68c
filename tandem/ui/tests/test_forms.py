"""How a form is shown, right and wrong."""

import re

from django import forms
from django.test import RequestFactory

from tandem.ui.components import SampleForm
from tandem.ui.forms import CardRadioSelect, error_lines_of
from tandem.ui.shortcuts import render_form


def wrong() -> SampleForm:
    return SampleForm({"phone": "06 12", "themes": ["argent"], "duree": "6m"})


class TestAField:
    def test_has_its_label_and_its_hint(self) -> None:
        """RGAA 11.1, 11.2, 11.10."""
        html = str(SampleForm())
        assert '<label for="id_phone">Numéro de téléphone de la personne' in html
        assert '<p class="hint" id="id_phone_helptext">Par exemple' in html
        assert 'aria-describedby="id_phone_helptext"' in html
        assert 'autocomplete="off"' in html

    def test_that_is_wrong_says_so_beside_and_to_screen_readers(self) -> None:
        """A-10: says what, where, how to fix; what was typed is kept."""
        html = str(wrong())
        assert 'id="id_phone_error"' in html
        assert 'aria-describedby="id_phone_helptext id_phone_error"' in html
        assert 'aria-invalid="true"' in html
        assert 'value="06 12"' in html
        assert "il faut 10 chiffres" in html

    def test_that_is_optional_says_so_in_words(self) -> None:
        assert re.search(r"Précision\s*<span class=\"optional\">\(facultatif\)", str(SampleForm()))

    def test_of_several_choices_is_a_group_with_a_legend(self) -> None:
        """RGAA 11.5, 11.6."""
        html = str(SampleForm())
        assert html.count("<fieldset") == html.count("<legend>") == 3


class TestTheErrorSummary:
    def test_is_absent_of_a_form_without_error(self) -> None:
        assert "data-error-summary" not in str(SampleForm())

    def test_links_each_error_to_its_control(self) -> None:
        html = str(wrong())
        for line in error_lines_of(wrong()):
            assert f'<a href="#{line.target}">' in html
            assert f'id="{line.target}"' in html

    def test_names_the_field_when_an_answer_is_missing(self) -> None:
        words = [line.words for line in error_lines_of(wrong())]
        assert "Il manque une réponse : Langue du texte" in words
        assert "Il manque cette réponse." not in words

    def test_leads_to_the_first_choice_of_a_group(self) -> None:
        targets = {line.target for line in error_lines_of(wrong())}
        assert "id_channel_0" in targets

    def test_shows_an_error_of_the_whole_form_without_link(self) -> None:
        form = wrong()
        form.add_error(None, "Ces dates se contredisent.")
        assert error_lines_of(form)[0].target == ""
        assert "<li>Ces dates se contredisent.</li>" in re.sub(r">\s+", ">", str(form)).replace(
            "\n", ""
        )

    def test_escapes_what_was_typed(self) -> None:
        """S-26: what a person typed is never markup."""

        class Echo(forms.Form):
            word = forms.CharField(label="Mot")

            def clean_word(self) -> str:
                raise forms.ValidationError("Mot inconnu : %(w)s", params={"w": self.data["word"]})

        html = str(Echo({"word": "<img src=x>"}))
        assert "<img src=x>" not in html
        assert "&lt;img src=x&gt;" in html


class TestCards:
    def test_show_a_pictogram_and_a_hint_tied_to_the_choice(self) -> None:
        html = str(SampleForm())
        assert html.count('class="picto"') == 3
        assert 'aria-describedby="id_themes_2_hint"' in html
        assert 'id="id_themes_2_hint"' in html

    def test_keep_the_choice_made(self) -> None:
        html = str(wrong()["duree"])
        assert re.search(r'value="6m"[^>]*checked', html)

    def test_may_have_neither_pictogram_nor_hint(self) -> None:
        class Plain(forms.Form):
            duree = forms.ChoiceField(choices=[("1m", "1 mois")], widget=CardRadioSelect)

        html = str(Plain())
        assert "1 mois" in html
        assert "<svg" not in html


class TestRenderForm:
    TEMPLATE = "ui/components/_forms.html"

    def test_answers_422_when_an_answer_is_wrong(self, rf: RequestFactory) -> None:
        response = render_form(rf.post("/"), self.TEMPLATE, {"blank_form": SampleForm()}, wrong())
        assert response.status_code == 422
        assert b"data-error-summary" in response.content

    def test_answers_200_to_a_form_not_yet_filled(self, rf: RequestFactory) -> None:
        form = SampleForm(prefix="a")
        response = render_form(rf.get("/"), self.TEMPLATE, {"blank_form": SampleForm()}, form)
        assert response.status_code == 200
        assert b"data-error-summary" not in response.content
