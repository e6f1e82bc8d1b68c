"""Wherever a person types freely, no secret is kept (P-12, S-23): every text of several lines of the house."""

import importlib
import inspect
from pathlib import Path

import pytest
from django import forms

from tandem.documents.forms import PaperForm
from tandem.mandats.forms.mandats import AccountForm
from tandem.oidc_provider.forms import UseForm
from tandem.ui.components import SampleForm
from tandem.ui.free_text import FreeTextField, FreeTextFormMixin
from tests.maison import house

# The page of components shows a bare field on purpose.
SHOWN_ONLY = {SampleForm}


def forms_of_the_house() -> set[type[forms.Form]]:
    """Every form class that a room defines."""
    paths = [p for p in house.python_files() if "forms" in (p.stem, p.parent.name)]
    names = {".".join(Path(p).relative_to(house.ROOT).with_suffix("").parts) for p in paths}
    modules = [importlib.import_module(name.removesuffix(".__init__")) for name in sorted(names)]
    return {
        found
        for module in modules
        for _name, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, forms.Form) and found not in SHOWN_ONLY
    }


def unguarded(form: type[forms.Form]) -> list[str]:
    """Its texts of several lines that let anything through."""
    return [
        f"{form.__name__}.{name}"
        for name, field in form.base_fields.items()
        if isinstance(field.widget, forms.Textarea) and not isinstance(field, FreeTextField)
    ]


def without_a_way_out(form: type[forms.Form]) -> list[str]:
    """Its free texts, when a false alarm could not be answered « ce n'est pas un secret »."""
    texts = [name for name, field in form.base_fields.items() if isinstance(field, FreeTextField)]
    return [] if issubclass(form, FreeTextFormMixin) else [f"{form.__name__}.{n}" for n in texts]


def test_every_false_alarm_has_a_way_out() -> None:
    """P-12: the override exists wherever something is refused."""
    assert sorted(n for form in forms_of_the_house() for n in without_a_way_out(form)) == []


def test_a_form_without_its_way_out_would_be_seen() -> None:
    """The sweep bites."""
    bare = type("Bare", (forms.Form,), {"text": FreeTextField()})
    assert without_a_way_out(bare) == ["Bare.text"]


def test_every_text_of_several_lines_refuses_secrets() -> None:
    """P-12, S-23."""
    found = forms_of_the_house()
    assert len(found) > 30
    assert sorted(name for form in found for name in unguarded(form)) == []


def test_a_bare_field_would_be_seen() -> None:
    """The sweep bites."""
    assert unguarded(SampleForm) == ["SampleForm.note"]


@pytest.mark.parametrize(
    ("form", "name"),
    [(PaperForm, "detail"), (AccountForm, "text"), (UseForm, "service_declared")],
)
def test_the_lines_that_people_read_refuse_them_too(form: type[forms.Form], name: str) -> None:
    """P-12: what is printed, told or shown to the person holds no secret either."""
    with pytest.raises(forms.ValidationError, match="un mot de passe"):
        form.base_fields[name].clean("mdp : Soleil1950")
