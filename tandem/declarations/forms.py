"""Strings of a declaration, turned into values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.forms import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tandem.accompagnements.rules import (
    HABITUAL,
    LINE_MAX,
    Filing,
    FilingMeans,
    Mode,
    NoReceipt,
    Way,
)
from tandem.declarations.actions import Typed
from tandem.declarations.models import Declaration
from tandem.declarations.rules import (
    LABEL_MAX,
    NAMED_MAX,
    TEXT_MAX,
    AmountRefused,
    AssentHow,
    Group,
    Period,
    Provenance,
    Value,
    number_words,
    period_words,
    placed,
    read_amount,
    read_number,
    sourced,
    unsourced,
    value_words,
)
from tandem.fichiers.fields import CheckedFileField
from tandem.mandats.rules import Presence
from tandem.referentiels.declared import LineKind
from tandem.referentiels.models import Demarche
from tandem.referentiels.public_days import add_months
from tandem.ui.forms import CardRadioSelect
from tandem.ui.free_text import FreeTextField, FreeTextFormMixin

# Months before and after those of the catalogue: the site has the last word.
_NEAR = range(-4, 5)
_SAYS = [("oui", gettext_lazy("oui")), ("non", gettext_lazy("non"))]


def _sentences(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(value, capfirst(label)) for value, label in choices]


class NumberField(forms.CharField):
    """An amount in cents, or a number in hundredths; None when nothing is typed."""

    def __init__(self, *, kind: LineKind, **options: Any) -> None:
        self.kind = kind
        attrs = {"inputmode": "decimal", "autocomplete": "off", "size": "12"}
        widget = forms.TextInput(attrs=attrs)
        super().__init__(required=False, max_length=40, widget=widget, **options)

    def clean(self, value: Any) -> int | None:  # cents, not a text
        """The number; what is wrong with it is said beside the field."""
        text = str(super().clean(value))
        try:
            return read_amount(text) if self.kind == LineKind.MONEY else read_number(text)
        except AmountRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


@dataclass(frozen=True)
class Block:
    """One line for one person, as the page draws it."""

    group: Group
    fields: Sequence[BoundField]
    origin: BoundField
    named: BoundField
    open: bool


class ValuesForm(FreeTextFormMixin, forms.Form):
    """Every value of a declaration, line by line; where they come from, once for all or line by line."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    provenance = forms.ChoiceField(
        label=gettext_lazy("D’où vient ce que vous écrivez ou changez maintenant ?"),
        choices=_sentences(Provenance.choices),
        required=False,
        widget=CardRadioSelect,
    )
    named = FreeTextField(
        label=gettext_lazy("Quel document, quelle précision"),
        help_text=gettext_lazy("Par exemple : fiche de paie de mai. Facultatif."),
        max_length=NAMED_MAX,
        one_line=True,
        required=False,
    )
    period_start = forms.TypedChoiceField(
        label=gettext_lazy("La période que le site demande"), coerce=date.fromisoformat
    )
    added_person = FreeTextField(
        label=gettext_lazy("Ajouter une personne du foyer"),
        help_text=gettext_lazy("Un prénom suffit. Ses lignes apparaissent après l’enregistrement."),
        max_length=LABEL_MAX,
        one_line=True,
        required=False,
    )

    def __init__(
        self, *args: Any, row: Declaration, groups: Sequence[Group], **kwargs: Any
    ) -> None:
        self.row, self.groups = row, [group for group in groups if not group.refused]
        initial = {"based_on": row.number, "period_start": row.period_start.isoformat()}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["period_start"].choices = self._periods()  # type: ignore[attr-defined]  # a choice field
        for group in self.groups:
            self._add(group)
        # Asked of whoever reads the page; whether it is needed, `clean` says.
        self.fields["provenance"].required = not self.is_bound

    def _periods(self) -> list[tuple[str, str]]:
        first, months = self.row.period_start, self.row.form.months
        step = months if months == 12 else 1
        starts = [add_months(first, step * rank) for rank in _NEAR]
        if self.row.corrects is not None or self.row.filed_at is not None:
            starts = [first]
        return [(start.isoformat(), capfirst(period_words(start, months))) for start in starts]

    def _add(self, group: Group) -> None:
        for rank, (month, now, before) in enumerate(group.rows):
            words = value_words(before, group.line.kind)
            pattern = (
                _("Envoyé : %(value)s") if self.row.corrects_id else _("Dernière fois : %(value)s")
            )
            hint = pattern % {"value": words} if words else ""
            self.fields[_name("v", group, rank)] = _field_of(group, month, now, hint)
        origin = next((now for _month, now, _before in group.rows if now), None)
        known = (
            "" if origin is None or not origin.provenance else Provenance(origin.provenance).label
        )
        self.fields[_name("p", group)] = forms.ChoiceField(
            label=_("D’où vient cette ligne ?"),
            choices=[("", _("Comme dit plus bas") if not known else _("Inchangé : %(origin)s") % {"origin": known}),
                     *_sentences(Provenance.choices)],
            required=False,
        )  # fmt: skip
        self.fields[_name("n", group)] = FreeTextField(
            label=_("Quel document, quelle précision"), max_length=NAMED_MAX, one_line=True, required=False
        )  # fmt: skip

    @property
    def blocks(self) -> list[Block]:
        """The lines in their order; those that were never used are folded."""
        return [self._block(rank, group) for rank, group in enumerate(self.groups)]

    def _block(self, rank: int, group: Group) -> Block:
        fields = [self[_name("v", group, row)] for row in range(len(group.rows))]
        origin, named = self[_name("p", group)], self[_name("n", group)]
        wrong = any(field.errors for field in (*fields, origin, named))
        typed = self.is_bound and any(field.value() for field in fields)
        return Block(group, fields, origin, named, rank == 0 or group.is_used or wrong or typed)

    def clean(self) -> dict[str, Any]:
        """To be read back, each value says where it comes from (P-17); kept for later, it may wait."""
        data = super().clean() or {}
        self.fields["provenance"].required = True
        if "later" not in self.data and not self.errors:
            typed = self.typed
            found = sourced(typed.values, placed(self.row.says), typed.chosen)
            if unsourced(found):
                words = _("Dites d’où viennent ces valeurs : aucune ne part sans son origine.")
                self.add_error("provenance", words)
        return data

    @property
    def typed(self) -> Typed:
        """What was said, once valid."""
        data = self.cleaned_data
        chosen = {("", 0): (data["provenance"], data["named"])}
        for group in self.groups:
            own = (data[_name("p", group)], data[_name("n", group)])
            chosen[group.line.key, group.who] = own
        return Typed(
            values=[value for group in self.groups for value in self._values(group)],
            chosen=chosen,
            period_start=data["period_start"],
            based_on=data["based_on"],
            added_person=data["added_person"],
            overridden=tuple(self.overridden),
        )

    def _values(self, group: Group) -> list[Value]:
        found = []
        for rank in range(len(group.rows)):
            said = self.cleaned_data[_name("v", group, rank)]
            if said in (None, ""):
                continue
            number, text = (said, "") if isinstance(said, int) else (None, said)
            month = rank if group.line.by_month else None
            found.append(Value(group.line.key, group.who, month, number, text))
        return found


def _name(kind: str, group: Group, rank: int | None = None) -> str:
    name = f"{kind}-{group.line.key}-{group.who}"
    return name if rank is None else f"{name}-{rank}"


def _field_of(group: Group, month: str, now: Value | None, hint: str) -> forms.Field:
    """One value, the former one under its name."""
    kind = group.line.kind
    common: dict[str, Any] = {
        "label": capfirst(month) or group.title,
        "help_text": hint,
    }
    if kind in {LineKind.MONEY, LineKind.NUMBER}:
        shown = "" if now is None or now.number is None else number_words(now.number)
        return NumberField(kind=kind, initial=shown, **common)
    text = "" if now is None else now.text
    if kind == LineKind.YES_NO:
        choices = [("", _("À demander")), *_sentences(_SAYS)]
        return forms.ChoiceField(choices=choices, required=False, initial=text, **common)
    return FreeTextField(max_length=TEXT_MAX, rows=2, required=False, initial=text, **common)


class AssentForm(forms.Form):
    """The person says yes, and how."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    how = forms.ChoiceField(
        label=gettext_lazy("Comment la personne dit-elle oui ?"), choices=AssentHow.choices
    )


class SendForm(FreeTextFormMixin, forms.Form):
    """It left: its receipt, or why there is none."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)
    receipt = CheckedFileField(label=gettext_lazy("Preuve de l’envoi"), required=False)
    no_receipt_reason = forms.ChoiceField(
        label=gettext_lazy("Pas de preuve ? Dites pourquoi"),
        choices=[("", gettext_lazy("J’ajoute la preuve")), *_sentences(NoReceipt.choices)],
        required=False,
        widget=CardRadioSelect,
    )
    number = FreeTextField(
        label=gettext_lazy("Numéro écrit sur la preuve"),
        max_length=LINE_MAX,
        one_line=True,
        required=False,
    )
    next_on = forms.DateField(
        label=gettext_lazy("Prochaine date, si le site en donne une"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    means = forms.ChoiceField(
        label=gettext_lazy("Par où est-elle partie ?"),
        choices=_sentences(FilingMeans.choices),
        initial=FilingMeans.ONLINE,
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Comment avez-vous fait ?"),
        choices=_sentences(Mode.choices),
        initial=HABITUAL.mode,
    )
    presence = forms.ChoiceField(
        label=gettext_lazy("Où était la personne ?"),
        choices=_sentences(Presence.choices),
        initial=HABITUAL.presence,
    )

    def clean(self) -> dict[str, Any]:
        """Say beside the field what is missing: one of the two."""
        data = super().clean() or {}
        if "receipt" in data and bool(data["receipt"]) == bool(data.get("no_receipt_reason")):
            if data["receipt"]:
                words = _("Vous avez ajouté une preuve : choisissez « J’ajoute la preuve ».")
                self.add_error("no_receipt_reason", words)
            else:
                words = _("Ajoutez la preuve de l’envoi, ou dites pourquoi il n’y en a pas.")
                self.add_error("receipt", words)
        return data

    def filing(self, *, again: bool) -> Filing:
        """How it left, once valid."""
        data = self.cleaned_data
        return Filing(
            means=FilingMeans(data["means"]),
            way=Way(Mode(data["mode"]), Presence(data["presence"])),
            receipt=data["receipt"],
            no_receipt_reason=data["no_receipt_reason"],
            number=data["number"],
            again=again,
            agreed=True,
        )


class BeginForm(forms.Form):
    """Which declaration to prepare."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)
    demarche = forms.ChoiceField(label=gettext_lazy("Quelle déclaration ?"), widget=CardRadioSelect)

    def __init__(self, *args: Any, demarches: Iterable[Demarche], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.demarches = {row.slug: row for row in demarches}
        self.fields["demarche"].choices = [  # type: ignore[attr-defined]  # a choice field
            (slug, row.name) for slug, row in self.demarches.items()
        ]

    @property
    def chosen(self) -> Demarche:
        """The one chosen, once valid."""
        return self.demarches[self.cleaned_data["demarche"]]


class LineForm(forms.Form):
    """One line that the aidant leaves to the person, or takes back."""

    line = forms.ChoiceField(label=gettext_lazy("Quelle ligne ?"), widget=CardRadioSelect)

    def __init__(self, *args: Any, period: Period, left: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = set(left)
        self.fields["line"].choices = [  # type: ignore[attr-defined]  # a choice field
            (line.key, line.title) for line in period.form.lines if line.key not in there
        ]
