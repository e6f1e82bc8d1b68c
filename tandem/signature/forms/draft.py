"""One form per question of the wizard. `changes()` gives the answers, under the names of rules.Answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext_lazy as _

from tandem.comptes.gesture_fields import GestureFieldsMixin
from tandem.kernel.text import clean_line
from tandem.mandats.rules import (
    POINTS,
    Alone,
    ContactKind,
    Duree,
    Presence,
    Reader,
    Understanding,
    allowed_durees,
    clean_presence,
    default_duree,
    ends_at,
)
from tandem.mandats.texts import Text
from tandem.referentiels.models import Demarche, Theme
from tandem.signature.queries import DraftLine
from tandem.signature.rules import Answers
from tandem.structures.models import Affectation, Structure
from tandem.ui.forms import CardCheckboxSelectMultiple, CardRadioSelect
from tandem.ui.rules import date_words
from tandem.usagers.models import Channel
from tandem.usagers.rules import ChannelKind, Holder, Protected, clean_channel_value, phone_words


@dataclass(frozen=True)
class Group:
    """The démarches of one thème, as choices of the page."""

    title: str
    open: bool
    choices: list[BoundWidget]


class DemarchesForm(forms.Form):
    """For what: thèmes, or precise démarches."""

    themes = forms.MultipleChoiceField(
        label=_("Un thème entier"),
        help_text=_("Choisissez avec la personne, le moins possible."),
        required=False,
        widget=CardCheckboxSelectMultiple,
    )
    q = forms.CharField(
        label=_("Chercher une démarche"),
        help_text=_("Par exemple : impôts, carte grise, RSA"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    demarches = forms.MultipleChoiceField(
        label=_("Démarches"), required=False, widget=CardCheckboxSelectMultiple
    )

    def __init__(
        self,
        data: Any = None,
        *,
        answers: Answers,
        themes: Sequence[Theme],
        demarches: Sequence[Demarche],
        found: frozenset[str] | None = None,
    ) -> None:
        chosen: dict[str, list[str]] = {"theme": [], "demarche": []}
        for scope in answers.scopes:
            kind, _colon, key = scope.partition(":")
            chosen[kind].append(key)
        super().__init__(data, initial={"themes": chosen["theme"], "demarches": chosen["demarche"]})
        self.titles = {theme.key: theme.title for theme in themes}
        self.found = found
        field = self.fields["themes"]
        field.choices = [(theme.key, theme.title) for theme in themes]  # type: ignore[attr-defined]  # a choice field
        field.widget.pictograms = {theme.key: theme.pictogram for theme in themes}
        field.widget.hints = {theme.key: theme.description for theme in themes}
        self.themes_of = {
            row.slug: row.theme.key for row in demarches if row.theme.key in self.titles
        }
        rows = [row for row in demarches if row.slug in self.themes_of]
        field = self.fields["demarches"]
        field.choices = [(row.slug, row.name) for row in rows]  # type: ignore[attr-defined]  # a choice field
        field.widget.hints = {row.slug: f"{row.service}. {row.description}" for row in rows}

    def groups(self) -> list[Group]:
        """The démarches by thème; after a search, those found and those already chosen."""
        by_theme: dict[str, list[BoundWidget]] = {}
        checked = set(self["demarches"].value() or [])
        for choice in self["demarches"].subwidgets:
            slug = str(choice.data["value"])
            if self.found is None or slug in self.found or slug in checked:
                by_theme.setdefault(self.themes_of[slug], []).append(choice)
        return [
            Group(
                self.titles[key],
                self.found is not None
                or any(str(c.data["value"]) in checked for c in by_theme[key]),
                by_theme[key],
            )
            for key in self.titles
            if key in by_theme
        ]

    def changes(self) -> dict[str, Any]:
        scopes = [f"theme:{key}" for key in self.cleaned_data["themes"]]
        scopes += [f"demarche:{slug}" for slug in self.cleaned_data["demarches"]]
        return {"scopes": tuple(scopes)}


class DureeForm(forms.Form):
    """Until when."""

    duree = forms.ChoiceField(label=_("La durée du mandat"), widget=CardRadioSelect)

    def __init__(
        self,
        data: Any = None,
        *,
        answers: Answers,
        structure: Structure,
        at: datetime,
    ) -> None:
        super().__init__(data, initial={"duree": answers.duree or default_duree(answers.scopes)})
        durees = allowed_durees(answers.scopes)
        hints = {}
        for duree in durees:
            end = ends_at(duree, signed_at=at, tz=structure.zone)
            hints[duree.value] = str(_("jusqu’au %(day)s")) % {"day": date_words(end.date())}
        if Duree.ACTE in durees:
            hints["acte"] = str(
                _("s’arrête quand la démarche est faite, au plus tard le %(day)s")
            ) % {"day": date_words(ends_at(Duree.ACTE, signed_at=at, tz=structure.zone).date())}
        field = self.fields["duree"]
        field.choices = [(duree.value, duree.label) for duree in durees]  # type: ignore[attr-defined]  # a choice field
        field.widget.hints = hints

    def changes(self) -> dict[str, Any]:
        return {"duree": self.cleaned_data["duree"]}


class PresenceForm(forms.Form):
    """How, line by line: in presence always; by phone and in absence only when asked."""

    def __init__(self, data: Any = None, *, answers: Answers, lines: Sequence[DraftLine]) -> None:
        super().__init__(data)
        self.lines = list(lines)
        for index, line in enumerate(self.lines):
            self.fields[f"ways_{index}"] = forms.MultipleChoiceField(
                label=line.scope.title,
                help_text=_("Avec la personne à côté : toujours permis."),
                required=False,
                choices=[
                    (Presence.TELEPHONE.value, _("Aussi quand la personne est au téléphone")),
                    (Presence.ABSENCE.value, _("Aussi en l’absence de la personne")),
                ],
                initial=[way for way in line.presence if way != Presence.PRESENCE],
                widget=CardCheckboxSelectMultiple(
                    hints={
                        Presence.ABSENCE.value: str(
                            _(
                                "L’aidant dit pourquoi à chaque fois, et rend compte en moins de 24 heures."
                            )
                        )
                    }
                ),
            )
        self.scopes = answers.scopes

    def changes(self) -> dict[str, Any]:
        wanted = {
            line.scope.scope: self.cleaned_data[f"ways_{index}"]
            for index, line in enumerate(self.lines)
        }
        return {"presence": clean_presence(wanted, self.scopes)}


class AidantsForm(forms.Form):
    """Who: the whole team, or some of it."""

    team = forms.ChoiceField(
        label=_("Choix de la personne"),
        choices=[
            ("1", _("Tous les aidants habilités de la structure")),
            ("0", _("Seulement ceux que la personne choisit")),
        ],
        widget=CardRadioSelect,
    )
    aidants = forms.MultipleChoiceField(
        label=_("Les aidants choisis"), required=False, widget=CardCheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, answers: Answers, team: Sequence[Affectation]) -> None:
        super().__init__(
            data,
            initial={"team": "0" if answers.aidants else "1", "aidants": list(answers.aidants)},
        )
        self.fields["aidants"].choices = [  # type: ignore[attr-defined]  # a choice field
            (str(row.public_id), f"{row.compte.given_name} {row.compte.family_name}")
            for row in team
        ]

    def clean(self) -> None:
        if self.cleaned_data.get("team") == "0" and not self.cleaned_data.get("aidants"):
            self.add_error("aidants", _("Choisissez au moins un aidant, ou toute l’équipe."))

    def changes(self) -> dict[str, Any]:
        chosen = self.cleaned_data["aidants"] if self.cleaned_data["team"] == "0" else []
        return {"aidants": tuple(chosen)}


class ProtectionForm(forms.Form):
    """Two questions before signing (P-33, P-34, P-36)."""

    protected = forms.ChoiceField(
        label=_("La personne décide-t-elle seule pour ses affaires ?"),
        choices=[
            (
                Protected.NONE.value,
                _("Oui : elle a 18 ans ou plus, et personne ne décide pour elle"),
            ),
            (Protected.MINOR.value, _("Non : elle a moins de 18 ans")),
            (
                Protected.PROTECTION.value,
                _("Non : tutelle, curatelle, habilitation familiale ou mandat de protection"),
            ),
        ],
        widget=CardRadioSelect,
    )
    alone = forms.ChoiceField(
        label=_("Avez-vous pu parler seul à seule avec elle ?"),
        help_text=_("Même un court moment, sans la personne qui l’accompagne."),
        choices=[
            (Alone.ALONE.value, _("Oui : elle est venue seule")),
            (Alone.SPOKE.value, _("Oui : nous avons pris un moment à part")),
            (Alone.LATER.value, _("Nous en reparlerons")),
        ],
        widget=CardRadioSelect,
    )

    def __init__(self, data: Any = None, *, answers: Answers) -> None:
        super().__init__(data, initial={"protected": answers.protected, "alone": answers.alone})


class ContactForm(forms.Form):
    """How the person is told of each act done in their name."""

    contact_kind = forms.ChoiceField(
        label=_("Comment la personne est-elle prévenue de ce qui est fait pour elle ?"),
        widget=CardRadioSelect,
    )
    contact_value = forms.CharField(
        label=_("Par SMS ou par courriel : le numéro ou l’adresse"),
        help_text=_("Par exemple : 06 12 34 56 78"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact_holder = forms.ChoiceField(
        label=_("Qui lit ce qui arrive là ?"),
        help_text=_("Seul un moyen de contact que la personne lit elle-même sert à la prévenir."),
        required=False,
        choices=Holder.choices,
        widget=CardRadioSelect,
    )

    def __init__(self, data: Any = None, *, answers: Answers, known: Channel | None) -> None:
        initial = {
            "contact_kind": answers.contact_kind or (ContactKind.KNOWN if known else ""),
            "contact_value": answers.contact_value,
            "contact_holder": answers.contact_holder,
        }
        super().__init__(data, initial=initial)
        choices: list[tuple[str, Any]] = []
        if known is not None:
            value = phone_words(known.value) if known.kind == ChannelKind.SMS else known.value
            choices.append(
                (ContactKind.KNOWN.value, _("Comme d’habitude : %(value)s") % {"value": value})
            )
        choices += [
            (ContactKind.SMS.value, _("Par SMS, à ce numéro")),
            (ContactKind.EMAIL.value, _("Par courriel, à cette adresse")),
            (
                ContactKind.PAPER.value,
                _("Sur papier et de vive voix : elle n’a pas de téléphone à elle"),
            ),
        ]
        self.fields["contact_kind"].choices = choices  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> None:
        kind = self.cleaned_data.get("contact_kind")
        if kind not in {ContactKind.SMS, ContactKind.EMAIL}:
            return
        if not clean_channel_value(kind, self.cleaned_data.get("contact_value", "")):
            self.add_error(
                "contact_value",
                _(
                    "Ce numéro ne semble pas être un portable : il faut 10 chiffres, par exemple 06 12 34 56 78."
                )
                if kind == ContactKind.SMS
                else _(
                    "Cette adresse ne semble pas complète : il faut une forme comme prenom.nom@exemple.fr."
                ),
            )
        if not self.cleaned_data.get("contact_holder"):
            self.add_error("contact_holder", _("Dites qui lit ce qui arrive là."))

    def changes(self) -> dict[str, Any]:
        kind = self.cleaned_data["contact_kind"]
        new = kind in {ContactKind.SMS, ContactKind.EMAIL}
        value = self.cleaned_data["contact_value"]
        return {
            "contact_kind": kind,
            "contact_value": clean_channel_value(kind, value) if new else "",
            "contact_holder": self.cleaned_data["contact_holder"] if new else "",
        }


_POINT_LABELS = {
    "who": _("Qui peut agir ?"),
    "until": _("Jusqu’à quand ?"),
    "stop": _("Comment l’arrêter ?"),
}


class ReadingForm(forms.Form):
    """The text was read, by whom, and three points were made sure of in conversation."""

    reader = forms.ChoiceField(
        label=_("Qui a lu le texte ?"), choices=Reader.choices, widget=CardRadioSelect
    )
    interpreter = forms.CharField(
        label=_("Nom de l’interprète"),
        help_text=_("Si quelqu’un a traduit, à voix haute, en langue des signes ou par vidéo."),
        required=False,
        max_length=100,
    )

    def __init__(
        self, data: Any = None, *, answers: Answers, text: Text, reminders: Mapping[str, str]
    ) -> None:
        super().__init__(
            data, initial={"reader": answers.reader, "interpreter": answers.interpreter}
        )
        self.text = text
        for point in POINTS:
            self.fields[f"point_{point}"] = forms.ChoiceField(
                label=_POINT_LABELS[point],
                help_text=reminders[point],
                choices=Understanding.choices,
                initial=answers.points.get(point, ""),
                widget=CardRadioSelect,
            )

    def clean(self) -> None:
        if self.cleaned_data.get("reader") == Reader.INTERPRETER and not self.cleaned_data.get(
            "interpreter"
        ):
            self.add_error("interpreter", _("Notez le nom de l’interprète."))

    def changes(self) -> dict[str, Any]:
        with_interpreter = self.cleaned_data["reader"] == Reader.INTERPRETER
        return {
            "text_version": self.text.version,
            "text_name": self.text.name,
            "reader": self.cleaned_data["reader"],
            "interpreter": clean_line(self.cleaned_data["interpreter"]) if with_interpreter else "",
            "points": {point: self.cleaned_data[f"point_{point}"] for point in POINTS},
        }


class SignForm(GestureFieldsMixin):
    """The gesture that signs."""


class CodeForm(forms.Form):
    """The code the person received."""

    code = forms.CharField(
        label=_("Le code que la personne vous lit"),
        help_text=_("Six chiffres, reçus à l’instant."),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "size": 8}
        ),
    )
