"""Texts typed freely, in which nobody leaves a secret (P-12, S-23).

`FreeTextField` refuses a text that seems to hold a password, a code, an IBAN, a bank card number or
a NIR, and names what was seen without repeating it. With `FreeTextFormMixin` the form then asks, kind
by kind, « ce n'est pas un secret »; the kinds so waved through are `form.overridden`, for the journal.
"""

from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tandem.kernel.text import clean_text
from tandem.ui.secret_words import CARD, CODE, IBAN, KINDS, NIR, PASSWORD, kinds_of_secrets

MAX_LENGTH = 4000
BOX = "not_a_secret"

_SEEN = {
    PASSWORD: gettext_lazy("un mot de passe"),
    CODE: gettext_lazy("un code secret"),
    IBAN: gettext_lazy("un numéro de compte bancaire (IBAN)"),
    CARD: gettext_lazy("un numéro de carte bancaire"),
    NIR: gettext_lazy("un numéro de sécurité sociale"),
}
_DENIED = {
    PASSWORD: gettext_lazy("Ce n’est pas un mot de passe."),
    CODE: gettext_lazy("Ce n’est pas un code secret."),
    IBAN: gettext_lazy("Ce n’est pas un numéro de compte bancaire."),
    CARD: gettext_lazy("Ce n’est pas un numéro de carte bancaire."),
    NIR: gettext_lazy("Ce n’est pas un numéro de sécurité sociale."),
}


def _listed(kinds: list[str]) -> str:
    words = [str(_SEEN[kind]) for kind in kinds]
    return _(" et ").join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


class FreeTextField(forms.CharField):
    """A text of several lines, cleaned, that holds no likely secret.

    `accepted`: kinds that the person typing said are no secret; `waved`: those that were seen and let
    through at the last cleaning. Both belong to one form: Django copies fields for each.
    """

    def __init__(
        self, *, max_length: int = MAX_LENGTH, rows: int = 4, one_line: bool = False, **options: Any
    ) -> None:
        if "widget" not in options:
            options["widget"] = forms.TextInput() if one_line else forms.Textarea({"rows": rows})
        self.accepted: frozenset[str] = frozenset()
        self.waved: list[str] = []
        super().__init__(max_length=max_length, **options)
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> str:
        """The text, cleaned; raises `ValidationError` « secret » with the kinds seen."""
        text = clean_text(str(super().clean(value)))
        seen = kinds_of_secrets(text)
        self.waved = [kind for kind in seen if kind in self.accepted]
        refused = [kind for kind in seen if kind not in self.accepted]
        if refused:
            raise forms.ValidationError(
                _(
                    "Ce texte semble contenir %(what)s. Tandem ne garde jamais ces informations :"
                    " retirez-les, puis enregistrez."
                ),
                code="secret",
                params={"what": _listed(refused), "kinds": refused},
            )
        return text


class FreeTextFormMixin(forms.BaseForm):
    """Gives a form its way out of a false alarm; comes before `forms.Form` among the bases."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.overridden: list[str] = []

    def full_clean(self) -> None:
        """Read which kinds are said to be no secret, clean, then ask about those that are left."""
        said = self._said_no_secret()
        free_texts = [field for field in self.fields.values() if isinstance(field, FreeTextField)]
        for field in free_texts:
            field.accepted, field.waved = frozenset(said), []
        super().full_clean()
        waved = {kind for field in free_texts for kind in field.waved}
        self.overridden = [kind for kind in KINDS if kind in waved]
        seen = waved | _kinds_refused(self.errors)
        if self.errors and seen:
            self._ask_about([kind for kind in KINDS if kind in seen])

    def _said_no_secret(self) -> list[str]:
        if not self.is_bound:
            return []
        name = self.add_prefix(BOX)
        getlist = getattr(self.data, "getlist", None)
        said = getlist(name) if getlist else self.data.get(name, [])
        return [kind for kind in said if kind in KINDS]

    def _ask_about(self, kinds: list[str]) -> None:
        self.fields[BOX] = forms.MultipleChoiceField(
            label=_("Si Tandem se trompe"),
            help_text=_("Cochez, puis enregistrez de nouveau. Ce choix est inscrit au journal."),
            required=False,
            choices=[(kind, _DENIED[kind]) for kind in kinds],
            widget=forms.CheckboxSelectMultiple,
        )


def _kinds_refused(errors: ErrorDict) -> set[str]:
    return {
        kind
        for problems in errors.values()
        for problem in problems.as_data()
        if problem.code == "secret"
        for kind in (problem.params or {}).get("kinds", ())
    }
