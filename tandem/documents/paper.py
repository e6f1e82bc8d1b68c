"""A mandat signed by hand: the sheet to sign, and what the sealed mandat says of it (P-32, P-35, P-44)."""

from django.utils.translation import gettext as _

from tandem.documents.mandat import (
    also_read,
    lines_of,
    never_by_franceconnect,
    who_of,
)
from tandem.documents.rules import (
    Document,
    Part,
    blank,
    facts,
    heading,
    items,
    notice,
    paragraph,
    signatures,
    whole_text,
)
from tandem.documents.words import Statement
from tandem.ui.rules import date_words


def sheet_to_sign(statement: Statement, *, mark: str) -> Document:
    """What the person signs by hand: everything the mandat will state, before its seal exists.

    `mark` is printed at the foot of each page with the name: no page is put in another sheet. Typed back, it shows
    that this very sheet was signed.
    """
    parts = [*_stated(statement), *_to_sign(statement, mark)]
    return Document(
        kind="mandat-a-signer",
        title=_("Mandat à signer sur papier"),
        parts=tuple(parts),
        structure=statement.structure,
        address=statement.address,
        phone=statement.phone,
        at=statement.signed_at,
        initials=statement.initials,
        foot=_("%(person)s, repère %(mark)s") % {"person": statement.person, "mark": mark},
    )


def _stated(statement: Statement) -> list[Part]:
    """What the person agrees to, in the words of the mandat."""
    return [
        paragraph(
            _("%(person)s donne ce mandat à la structure %(structure)s.")
            % {"person": statement.person, "structure": statement.structure}
        ),
        never_by_franceconnect(),
        *who_of(statement),
        heading(_("Pour quelles démarches")),
        *lines_of(statement),
        heading(_("Jusqu’à quand")),
        facts(
            [
                (_("Feuille imprimée le"), _day(statement)),
                (_("Durée"), str(statement["duree"]["label"])),
                (_("Dernier jour"), statement.end_day),
            ]
        ),
        heading(_("Comment la personne est prévenue")),
        paragraph(statement.channel),
        heading(_("Comment arrêter ce mandat")),
        *items(statement["stop"]),
        whole_text(statement.text_signed),
        *also_read(statement),
    ]


def _day(statement: Statement) -> str:
    return date_words(statement.local(statement.signed_at).date())


def _to_sign(statement: Statement, mark: str) -> list[Part]:
    return [
        heading(_("Signatures")),
        facts([(_("Texte lu"), statement.text_read.label), (_("Lecture"), statement.reader)]),
        blank(_("Date, écrite à la main :")),
        signatures([_("La personne : signature, ou marque"), _("L’aidant : nom et signature")]),
        paragraph(
            _("Si la personne fait une marque, un témoin signe aussi. Ce n’est pas l’aidant.")
        ),
        signatures([_("Le témoin : nom, qui il est, signature")]),
        facts([(_("Repère de cette feuille"), mark)]),
        notice(_("Gardez une feuille signée. Le reçu avec le sceau vous est remis ensuite.")),
    ]
