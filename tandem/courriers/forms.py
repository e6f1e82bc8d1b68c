"""Letters and post, as typed. No field holds a secret (P-12); none but the last ones is required."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from tandem.accompagnements.models import DemarcheSuivie
from tandem.courriers.actions import Limit, Received, Told
from tandem.courriers.modeles import Modele
from tandem.courriers.rules import (
    FIELDS,
    LARGEST_LIMIT,
    LONGEST_BLOCK,
    LONGEST_BODY,
    LONGEST_LINE,
    LONGEST_TOLD,
    Content,
    CourrierKind,
    LimitUnit,
    Sender,
    SendWay,
)
from tandem.fichiers.fields import CheckedFileField
from tandem.mandats.rules import Presence
from tandem.ui.forms import CardRadioSelect
from tandem.ui.free_text import FreeTextField, FreeTextFormMixin

_PRESENCE = {
    Presence.PRESENCE: _("La personne est avec moi"),
    Presence.TELEPHONE: _("La personne est au téléphone"),
    Presence.ABSENCE: _("La personne n’est pas là"),
}
# What online forms often allow: offered, never imposed.
COMMON_LIMITS = (250, 500, 1000, 1500, 2000, 4000)


def _line(label: Any, **options: Any) -> FreeTextField:
    return FreeTextField(label=label, max_length=LONGEST_LINE, one_line=True, **options)


def _presence() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Où est la personne ?"),
        choices=list(_PRESENCE.items()),
        initial=Presence.PRESENCE,
        widget=forms.RadioSelect,
    )


class _DemarcheForm(forms.Form):
    """Asks which démarche it serves, among those followed for this person and not closed."""

    def __init__(self, *args: Any, demarches: Sequence[DemarcheSuivie], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.demarches = {str(row.public_id): row for row in demarches}
        if self.demarches:
            names = [(key, row.name) for key, row in self.demarches.items()]
            self.fields["demarche"] = forms.ChoiceField(
                label=_("Pour quelle démarche suivie ?"),
                choices=[("", _("Aucune")), *names],
                required=False,
            )

    @property
    def demarche_suivie(self) -> DemarcheSuivie | None:
        """The one chosen."""
        return self.demarches.get(self.cleaned_data.get("demarche", ""))


def _form_key() -> forms.UUIDField:
    return forms.UUIDField(
        label=_("Cette page"),
        widget=forms.HiddenInput,
        initial=uuid4,
        error_messages={"required": _("Rechargez la page, puis recommencez.")},
    )


class WriteForm(FreeTextFormMixin, _DemarcheForm):
    """What is told before a letter is laid out: all of it may be completed later, in the text."""

    recipient = FreeTextField(
        label=_("À qui on écrit"),
        help_text=_("Le nom du service, puis son adresse, une ligne après l’autre."),
        max_length=LONGEST_BLOCK,
        rows=4,
        required=False,
    )
    address = FreeTextField(
        label=_("L’adresse de la personne"),
        help_text=_("Elle est écrite en haut de la lettre."),
        max_length=LONGEST_BLOCK,
        rows=3,
        required=False,
    )
    sender = forms.ChoiceField(
        label=_("Qui écrit ?"),
        choices=Sender.choices,
        initial=Sender.PERSON,
        widget=CardRadioSelect,
    )
    presence = _presence()
    form_key = _form_key()

    def __init__(self, *args: Any, modele: Modele, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = modele.asked
        self.fields["recipient"].initial = modele.to
        for name in self.asked:
            field = FIELDS[name]
            words = str(field.label)
            self.fields[name] = FreeTextField(
                label=words[:1].upper() + words[1:],
                help_text=field.hint,
                required=False,
                one_line=not field.long,
                max_length=LONGEST_TOLD if field.long else LONGEST_LINE,
            )
        self.order_fields(["recipient", *self.asked, "address", "sender", "demarche", "presence"])

    @property
    def told(self) -> Told:
        """What was typed."""
        values = {name: self.cleaned_data[name] for name in self.asked}
        return Told(
            values=values,
            sender=Sender(self.cleaned_data["sender"]),
            presence=Presence(self.cleaned_data["presence"]),
            recipient=self.cleaned_data["recipient"],
            address=self.cleaned_data["address"],
            demarche_suivie=self.demarche_suivie,
        )


class LettreForm(FreeTextFormMixin, forms.Form):
    """The whole text of a letter."""

    subject = _line(_("Objet"))
    body = FreeTextField(
        label=_("Le texte"),
        help_text=_(
            "Une ligne vide sépare deux paragraphes. Un tiret au début d’une ligne fait une liste."
        ),
        max_length=LONGEST_BODY,
        rows=18,
    )
    recipient = FreeTextField(
        label=_("À qui on écrit"), max_length=LONGEST_BLOCK, rows=4, required=False
    )
    sender_lines = FreeTextField(
        label=_("En haut à gauche : qui écrit"), max_length=LONGEST_BLOCK, rows=4, required=False
    )
    place_date = _line(_("Lieu et date"), required=False)
    signature = FreeTextField(
        label=_("Nom sous la signature"), max_length=LONGEST_LINE, rows=2, required=False
    )
    limit_count = forms.IntegerField(
        label=_("Limite du formulaire en ligne"),
        help_text=_("Si le texte sera copié dans un formulaire qui compte. Sinon, laissez vide."),
        min_value=1,
        max_value=LARGEST_LIMIT,
        required=False,
        widget=forms.NumberInput(
            attrs={"list": "limites", "autocomplete": "off", "data-limit": ""}
        ),
    )
    limit_unit = forms.ChoiceField(
        label=_("Cette limite compte"),
        choices=LimitUnit.choices,
        initial=LimitUnit.CHARACTERS,
        widget=forms.RadioSelect(attrs={"data-limit-unit": ""}),
    )
    based_on = forms.IntegerField(
        label=_("Version de la lettre"), widget=forms.HiddenInput, min_value=1, max_value=1_000_000
    )

    def __init__(self, *args: Any, letterhead: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letterhead = letterhead
        self.fields["body"].widget.attrs |= {"class": "lettre__texte", "data-counted": "compte"}
        self.fields["signature"].widget.attrs["class"] = "lettre__court"

    @property
    def content(self) -> Content:
        """What the letter says."""
        data = self.cleaned_data
        names = ("sender_lines", "recipient", "place_date", "subject", "body", "signature")
        return Content.cleaned(letterhead=self.letterhead, **{name: data[name] for name in names})

    @property
    def limit(self) -> Limit:
        """The limit to count against."""
        return Limit(self.cleaned_data["limit_count"], self.cleaned_data["limit_unit"])


class SentForm(forms.Form):
    """When and how a letter left."""

    sent_on = forms.DateField(
        label=_("Partie le"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    way = forms.ChoiceField(label=_("Comment ?"), choices=SendWay.choices, widget=forms.RadioSelect)


class _ReceivedForm(FreeTextFormMixin, _DemarcheForm):
    """What is noted of something received."""

    kind = forms.ChoiceField(
        label=_("Qu’est-ce que c’est ?"),
        choices=CourrierKind.choices,
        initial=CourrierKind.LETTER,
        widget=forms.RadioSelect,
    )
    sent_by = _line(_("De qui ?"), help_text=_("Par exemple : la CAF, le propriétaire, la banque."))
    received_on = forms.DateField(
        label=_("Reçu le"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    meaning = FreeTextField(
        label=_("Ce que cela veut dire"),
        help_text=_("Comme vous le dites à la personne, avec des mots simples."),
        max_length=2000,
    )
    next_step = FreeTextField(
        label=_("Ce qu’il faut faire"),
        help_text=_("Laissez vide s’il n’y a rien à faire."),
        max_length=1000,
        rows=2,
        required=False,
    )
    due_on = forms.DateField(
        label=_("Avant le"),
        help_text=_("La date limite écrite sur le courrier, ou celle que vous décidez ensemble."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        """A day says what to do."""
        data = super().clean() or {}
        if data.get("due_on") and "next_step" in data and not data["next_step"]:
            self.add_error("next_step", _("Dites ce qu’il faut faire avant cette date."))
        return data

    @property
    def received(self) -> Received:
        """What was typed."""
        data = self.cleaned_data
        return Received(
            kind=CourrierKind(data["kind"]),
            received_on=data["received_on"],
            sent_by=data["sent_by"],
            meaning=data["meaning"],
            next_step=data["next_step"],
            due_on=data["due_on"],
            demarche_suivie=self.demarche_suivie,
        )


class LogForm(_ReceivedForm):
    """Something received, opened now."""

    scan = CheckedFileField(
        label=_("Une photo ou un PDF de ce courrier"),
        help_text=_(
            "PDF ou photo (JPEG, PNG), 10 Mo au plus. Gardé chiffré. Choisissez de nouveau le fichier en cas d’erreur."
        ),
        required=False,
    )
    presence = _presence()
    form_key = _form_key()


class CorrectForm(_ReceivedForm):
    """The same, put right."""
