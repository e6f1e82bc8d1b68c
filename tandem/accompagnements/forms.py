"""Strings of the desk, turned into values."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tandem.accompagnements.rules import (
    LINE_MAX,
    WORDS_MAX,
    WRITTEN_STEPS,
    AideKind,
    CloseKind,
    EtapeKind,
    Filing,
    FilingMeans,
    Mode,
    Next,
    NextMove,
    NoReceipt,
    Outcome,
    PieceState,
    RelaisReason,
    Step,
    Way,
)
from tandem.fichiers.fields import CheckedFileField
from tandem.mandats.rules import Presence
from tandem.referentiels.models import Theme
from tandem.structures.models import Affectation
from tandem.ui.forms import CardRadioSelect
from tandem.ui.free_text import FreeTextField, FreeTextFormMixin

_MODE = _("Comment avez-vous fait ?")
_PRESENCE = _("Où était la personne ?")


def _sentences(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(value, capfirst(label)) for value, label in choices]


class KeyedForm(forms.Form):
    """A form that creates something: sent twice, it creates one thing (S-24)."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)


class BesoinForm(FreeTextFormMixin, KeyedForm):
    """What the person wants, in their words. Nothing else is asked."""

    words = FreeTextField(
        label=_("Que veut la personne, avec ses mots ?"),
        help_text=_("Une phrase suffit. Le nom, la démarche et le mandat viennent après."),
        max_length=WORDS_MAX,
        rows=3,
        error_messages={"required": _("Écrivez ce que la personne veut : une phrase suffit.")},
    )
    usager = forms.UUIDField(required=False, widget=forms.HiddenInput)


class PersonSearchForm(forms.Form):
    """Someone the structure knows."""

    q = forms.CharField(
        label=_("Nom de la personne"),
        help_text=_("Au moins 3 lettres"),
        min_length=3,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class DeclareForm(forms.Form):
    """Someone the structure does not know yet, as they say their name."""

    given_names = forms.CharField(
        label=_("Prénom"), max_length=LINE_MAX, widget=forms.TextInput({"autocomplete": "off"})
    )
    family_name = forms.CharField(
        label=_("Nom"), max_length=LINE_MAX, widget=forms.TextInput({"autocomplete": "off"})
    )


class CloseBesoinForm(forms.Form):
    """Why nothing more is to be done."""

    kind = forms.ChoiceField(
        label=_("Pourquoi ?"), choices=_sentences(CloseKind.choices), widget=CardRadioSelect
    )


class WayForm(forms.Form):
    """How one helped."""

    mode = forms.ChoiceField(
        label=_MODE, choices=_sentences(Mode.choices), widget=CardRadioSelect, initial=Mode.ENSEMBLE
    )
    presence = forms.ChoiceField(
        label=_PRESENCE,
        choices=_sentences(Presence.choices),
        widget=CardRadioSelect,
        initial=Presence.PRESENCE,
    )

    @property
    def way(self) -> Way:
        """The answer, once valid."""
        data = self.cleaned_data
        return Way(Mode(data["mode"]), Presence(data["presence"]))


class AideForm(WayForm, KeyedForm):
    """One tap: the kind is the button; mode and presence go with it."""

    kind = forms.ChoiceField(choices=AideKind.choices, widget=forms.HiddenInput)
    field_order = ["mode", "presence"]


class DemarcheSearchForm(forms.Form):
    """A démarche of the catalogue."""

    q = forms.CharField(
        label=_("Quelle démarche ?"),
        help_text=_("Par exemple : RSA, carte vitale, impôts"),
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class FreeDemarcheForm(FreeTextFormMixin, KeyedForm):
    """A démarche that is not in the catalogue: a private body, a neighbour's form."""

    title = FreeTextField(label=_("Ce qu’il faut obtenir"), max_length=LINE_MAX, one_line=True)
    body = FreeTextField(
        label=_("Auprès de qui"),
        help_text=_("Service, entreprise ou association"),
        max_length=LINE_MAX,
        one_line=True,
        required=False,
    )
    theme = forms.ChoiceField(label=_("Dans quel thème ?"), required=False)

    def __init__(self, *args: Any, themes: Iterable[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.themes = {theme.key: theme for theme in themes}
        self.fields["theme"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _("Sans thème")),
            *((key, theme.title) for key, theme in self.themes.items()),
        ]

    @property
    def chosen_theme(self) -> Theme | None:
        """The thème, once valid."""
        return self.themes.get(self.cleaned_data["theme"])


class StepForm(FreeTextFormMixin, KeyedForm):
    """What happened, who moves next, what is asked by when."""

    kind = forms.ChoiceField(
        label=_("Que s’est-il passé ?"),
        choices=[(kind.value, kind.label) for kind in WRITTEN_STEPS],
        widget=CardRadioSelect,
        initial=EtapeKind.MET,
    )
    text = FreeTextField(
        label=_("En quelques mots"),
        help_text=_("Des faits. La personne peut les lire."),
        required=False,
    )
    next_move = forms.ChoiceField(
        label=_("Qui doit agir maintenant ?"),
        choices=_sentences(NextMove.choices),
        widget=CardRadioSelect,
    )
    asked = FreeTextField(label=_("Ce qui est demandé"), required=False, rows=3)
    asked_by_on = forms.DateField(
        label=_("Avant le"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    references = FreeTextField(
        label=_("Numéros de dossier"),
        help_text=_("Numéro d’allocataire, de demande, nom du correspondant"),
        required=False,
        rows=2,
    )
    mode = forms.ChoiceField(
        label=_("Si vous avez aidé : comment ?"),
        choices=[("", _("Personne n’a été aidé : un courrier, un appel du service")), *_sentences(Mode.choices)],
        required=False,
        widget=CardRadioSelect,
    )  # fmt: skip
    presence = forms.ChoiceField(
        label=_PRESENCE,
        choices=_sentences(Presence.choices),
        required=False,
        widget=CardRadioSelect,
    )

    @property
    def step(self) -> Step:
        """What happened, once valid."""
        data = self.cleaned_data
        way = None
        if data["mode"]:
            way = Way(Mode(data["mode"]), Presence(data["presence"] or Presence.PRESENCE))
        return Step(EtapeKind(data["kind"]), data["text"], way)

    @property
    def then(self) -> Next:
        """What comes then, once valid."""
        data = self.cleaned_data
        return Next(
            NextMove(data["next_move"]), data["asked"], data["asked_by_on"], data["references"]
        )


class FilingForm(FreeTextFormMixin, WayForm, KeyedForm):
    """The demand left: its receipt, or why there is none."""

    means = forms.ChoiceField(
        label=_("Par où est-elle partie ?"),
        choices=_sentences(FilingMeans.choices),
        widget=CardRadioSelect,
        initial=FilingMeans.ONLINE,
    )
    receipt = CheckedFileField(label=_("Preuve du dépôt"), required=False)
    no_receipt_reason = forms.ChoiceField(
        label=_("Pas de preuve ? Dites pourquoi"),
        choices=[("", _("J’ajoute la preuve")), *_sentences(NoReceipt.choices)],
        required=False,
        widget=CardRadioSelect,
    )
    number = FreeTextField(
        label=_("Numéro écrit sur la preuve"), max_length=LINE_MAX, one_line=True, required=False
    )
    text = FreeTextField(label=_("À retenir"), required=False, rows=2)
    field_order = ["means", "receipt", "no_receipt_reason", "number", "mode", "presence", "text"]

    def clean(self) -> dict[str, Any]:
        """Say beside the field what is missing: one of the two, before « déposée »."""
        data = super().clean() or {}
        if "receipt" in data and bool(data["receipt"]) == bool(data.get("no_receipt_reason")):
            self.add_error(
                "no_receipt_reason" if data["receipt"] else "receipt",
                _("Vous avez ajouté une preuve : choisissez « J’ajoute la preuve ».")
                if data["receipt"]
                else _("Ajoutez la preuve du dépôt, ou dites pourquoi il n’y en a pas."),
            )
        return data

    @property
    def filing(self) -> Filing:
        """How it left, once valid."""
        data = self.cleaned_data
        return Filing(
            means=FilingMeans(data["means"]),
            way=self.way,
            receipt=data["receipt"],
            no_receipt_reason=data["no_receipt_reason"],
            number=data["number"],
            text=data["text"],
        )


class CloseDemarcheForm(FreeTextFormMixin, forms.Form):
    """How it ended."""

    outcome = forms.ChoiceField(
        label=_("Comment cela finit-il ?"),
        choices=_sentences(Outcome.choices),
        widget=CardRadioSelect,
    )
    text = FreeTextField(label=_("À retenir"), required=False, rows=2)


class PiecesForm(FreeTextFormMixin, forms.Form):
    """Where each document asked for is, and one more."""

    def __init__(self, *args: Any, pieces: Sequence[tuple[UUID, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pieces = {f"piece_{public_id}": public_id for public_id, _label, _state in pieces}
        for public_id, label, state in pieces:
            self.fields[f"piece_{public_id}"] = forms.ChoiceField(
                label=capfirst(label), choices=_sentences(PieceState.choices), initial=state
            )
        self.fields["added"] = FreeTextField(
            label=_("Ajouter une pièce"), max_length=LINE_MAX, one_line=True, required=False
        )

    @property
    def states(self) -> dict[UUID, PieceState]:
        """The answers, once valid."""
        return {
            public_id: PieceState(self.cleaned_data[name])
            for name, public_id in self.pieces.items()
        }


class RelaisForm(FreeTextFormMixin, forms.Form):
    """To whom, and why."""

    to = forms.ChoiceField(label=_("À quel collègue ?"), widget=CardRadioSelect)
    reason = forms.ChoiceField(
        label=_("Pourquoi ?"), choices=_sentences(RelaisReason.choices), widget=CardRadioSelect
    )
    words = FreeTextField(
        label=_("Un mot pour lui"),
        help_text=_("Tout ce qui est déjà écrit lui est transmis."),
        required=False,
        rows=2,
    )

    def __init__(self, *args: Any, colleagues: Iterable[Affectation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(one.public_id): one for one in colleagues}
        self.fields["to"].choices = [  # type: ignore[attr-defined]  # a choice field
            (key, one.compte.full_name) for key, one in self.colleagues.items()
        ]

    @property
    def colleague(self) -> Affectation:
        """The one chosen, once valid."""
        return self.colleagues[self.cleaned_data["to"]]
