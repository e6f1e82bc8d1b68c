"""Strings of the pages of notes, turned into values."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tandem.notes.rules import TEXT_LENGTH, Category, Kind, Reason, Said, sensitive_categories
from tandem.ui.forms import CardRadioSelect
from tandem.ui.free_text import FreeTextField, FreeTextFormMixin

NOT_SENSITIVE = "none"
_HINTS: dict[str, Any] = {
    Kind.FACT.value: gettext_lazy("Lu par tous les aidants qui voient la personne. Gardé 2 ans."),
    Kind.WORKING.value: gettext_lazy(
        "Lu par vous et par ceux qui suivent la personne. Effacé avec la démarche, 6 mois au plus."
    ),
    Kind.SECRET.value: gettext_lazy(
        "Lu par vous seul. Ni votre responsable, ni l’opérateur, ni aucune liste ne le montre."
    ),
}


class TextForm(FreeTextFormMixin, forms.Form):
    """What is said, and why when the law protects it more (P-15)."""

    text = FreeTextField(
        label=gettext_lazy("Que faut-il retenir ?"),
        help_text=gettext_lazy(
            "Ce que vous avez vu, ce que la personne a dit. Ni mot de passe, ni numéro de carte, de compte ou de"
            " sécurité sociale."
        ),
        max_length=TEXT_LENGTH,
        rows=6,
        error_messages={"required": gettext_lazy("Écrivez la note : une phrase suffit.")},
    )
    category = forms.ChoiceField(
        label=gettext_lazy("La note parle-t-elle d’un de ces sujets ?"),
        help_text=gettext_lazy("La loi les protège davantage : mieux vaut ne pas les écrire."),
        choices=[("", gettext_lazy("Non")), *((c.value, capfirst(c.label)) for c in Category)],
        required=False,
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Si oui, pourquoi l’écrire ?"),
        choices=[("", gettext_lazy("Sans objet")), *((r.value, capfirst(r.label)) for r in Reason)],
        required=False,
    )

    def full_clean(self) -> None:
        """Offer « not that » only once words were seen: nobody waves away what was not asked."""
        if self._sensitive:
            field = self.fields["category"]
            if isinstance(field, forms.ChoiceField):
                field.choices = [
                    ("", _("Choisir une réponse")),
                    *((c.value, capfirst(c.label)) for c in Category),
                    (NOT_SENSITIVE, _("Non, ces mots ne disent rien de tel sur la personne")),
                ]
        super().full_clean()

    @property
    def _sensitive(self) -> list[Category]:
        """Read in what was typed, right or not: every question is asked at once."""
        typed = str(self.data.get(self.add_prefix("text"), ""))[:TEXT_LENGTH]
        return sensitive_categories(typed) if self.is_bound else []

    def clean(self) -> dict[str, Any]:
        """A subject has its reason; words that name a subject ask which it is."""
        data = super().clean() or {}
        category, reason = data.get("category", ""), data.get("reason", "")
        if self._sensitive and not category:
            subjects = ", ".join(str(subject.label) for subject in self._sensitive)
            self.add_error(
                "category",
                _(
                    "Ce texte semble parler d’un sujet protégé (%(subjects)s). Retirez-le, ou dites pourquoi l’écrire."
                )
                % {"subjects": subjects},
            )
        if category in Category.values and not reason:
            self.add_error("reason", _("Dites pourquoi c’est nécessaire, ou retirez-le du texte."))
        return data

    @property
    def said(self) -> Said:
        """What the actions take."""
        data = self.cleaned_data
        category = Category(data["category"]) if data["category"] in Category.values else None
        reason = Reason(data["reason"]) if category else None
        return Said(data["text"], category, reason, tuple(self.overridden))


class NoteForm(TextForm):
    """A new note, and who will read it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Qui la lira ?"),
        choices=[(kind.value, capfirst(kind.label)) for kind in Kind],
        widget=CardRadioSelect(hints=_HINTS),
        error_messages={"required": gettext_lazy("Choisissez qui lira la note.")},
    )
    # Sent twice, the form writes once (S-24).
    key = forms.UUIDField(widget=forms.HiddenInput)
    demarche = forms.UUIDField(widget=forms.HiddenInput, required=False)
    field_order = ["text", "kind", "category", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4
