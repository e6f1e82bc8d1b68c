"""A field that keeps no secret, and its way out of a false alarm."""

from django import forms
from django.http import QueryDict

from tandem.ui.forms import error_lines_of
from tandem.ui.free_text import BOX, FreeTextField, FreeTextFormMixin

CARD = "4532 0151 1283 0366"


class NoteForm(FreeTextFormMixin, forms.Form):
    """Two free texts, one optional."""

    note = FreeTextField(label="Note")
    more = FreeTextField(label="Suite", required=False)


class BareForm(forms.Form):
    """A form without the mixin."""

    note = FreeTextField(label="Note")


class TestAFreeText:
    def test_without_secret_is_cleaned_and_kept(self) -> None:
        form = NoteForm({"note": "  Rose vient jeudi\u202e.\r\nElle apporte l’avis. "})
        assert form.is_valid()
        assert form.cleaned_data == {"note": "Rose vient jeudi.\nElle apporte l’avis.", "more": ""}
        assert form.overridden == []
        assert BOX not in form.fields

    def test_with_a_secret_is_refused_and_names_it_without_repeating_it(self) -> None:
        """P-12, S-23; A-10: what was typed is kept."""
        form = NoteForm({"note": f"CB {CARD}, mdp : Soleil1950"})
        assert not form.is_valid()
        words = " ".join(line.words for line in error_lines_of(form))
        assert "un mot de passe et un numéro de carte bancaire" in words
        assert CARD not in words
        assert "Soleil1950" not in words
        assert CARD in str(form["note"])

    def test_that_has_no_way_out_is_still_refused(self) -> None:
        """P-12: forgetting the mixin leaves the field closed."""
        form = BareForm({"note": f"CB {CARD}", BOX: ["card"]})
        assert not form.is_valid()

    def test_longer_than_the_limit_is_refused(self) -> None:
        assert not NoteForm({"note": "a" * 4001}).is_valid()


class TestTheWayOut:
    def test_is_offered_only_once_something_was_seen(self) -> None:
        """P-12: the box works without JavaScript, in the same form."""
        assert BOX not in str(NoteForm())
        html = str(NoteForm({"note": f"CB {CARD}"}))
        assert f'name="{BOX}" value="card"' in html
        assert "Ce n’est pas un numéro de carte bancaire." in html
        assert 'value="iban"' not in html

    def test_lets_the_text_through_and_tells_the_journal_which_kind(self) -> None:
        """P-12: an explicit override, kept as a fact."""
        form = NoteForm(QueryDict(f"note=CB {CARD}&{BOX}=card"))
        assert form.is_valid()
        assert form.overridden == ["card"]

    def test_of_one_kind_does_not_open_for_another(self) -> None:
        form = NoteForm({"note": f"CB {CARD}", "more": "mdp : Soleil1950", BOX: ["card"]})
        assert not form.is_valid()
        assert list(form.errors) == ["more"]
        html = str(form)
        assert 'value="card" id="id_not_a_secret_1" checked' in html
        assert 'value="password"' in html

    def test_counts_only_what_was_really_seen(self) -> None:
        form = NoteForm({"note": "Rose vient jeudi", BOX: ["card", "inconnu"]})
        assert form.is_valid()
        assert form.overridden == []

    def test_of_a_form_does_not_leak_into_the_next(self) -> None:
        assert NoteForm({"note": f"CB {CARD}", BOX: ["card"]}).is_valid()
        assert not NoteForm({"note": f"CB {CARD}"}).is_valid()
