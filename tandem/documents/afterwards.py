"""What is handed over after the signature: receipt, sheet, account of uses, paper of the day."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from tandem.documents.mandat import document_of_statement
from tandem.documents.rules import (
    Document,
    Part,
    blank,
    entry,
    facts,
    heading,
    items,
    notice,
    paragraph,
    signatures,
)
from tandem.documents.words import Statement, presence_words
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.mandats.rules import ConfirmationKind, EndKind, use_way
from tandem.ui.rules import date_words


def receipt_document(
    mandat: Mandat, statement: Statement, ended: Sequence[Autorisation], *, at: datetime
) -> Document:
    """The receipt of what was stopped, in plain words (P-38)."""
    whole = mandat.ended_at is not None
    parts = [
        paragraph(
            _("Plus personne ne peut agir pour %(person)s avec ce mandat.")
            % {"person": statement.person}
            if whole
            else _("%(person)s a arrêté une partie du mandat.") % {"person": statement.person}
        ),
        heading(_("Ce qui est arrêté")),
        *(_ended(statement, row) for row in ended),
        heading(_("Ce que cela veut dire")),
        *items(
            [
                _("L’arrêt est immédiat, y compris pour une connexion déjà commencée."),
                _("Ce qui a été fait avant reste valable."),
                _("La structure vous doit toujours le compte de ce qui a été fait."),
                _("Vous pouvez signer un nouveau mandat quand vous voulez."),
            ]
        ),
        *_whom_to_call(statement),
    ]
    title = (
        _("Reçu : le mandat est arrêté") if whole else _("Reçu : une partie du mandat est arrêtée")
    )
    return _dated(mandat, statement, "recu", title, parts, at=at)


def _ended(statement: Statement, row: Autorisation) -> Part:
    when = statement.moment(row.ended_at) if row.ended_at else ""
    details = [
        _("Le %(when)s.") % {"when": when},
        str(EndKind(row.end_kind).label).capitalize() + ".",
    ]
    return entry(statement.title_of(row.scope), details, row.theme)


def sheet_document(
    mandat: Mandat, statement: Statement, uses: Sequence[Usage], *, alive: bool, at: datetime
) -> Document:
    """The sheet the person takes home: what was done, what happens next, whom to call, how to stop (P-30)."""
    day = statement.local(at).date()
    done = [_use(statement, use) for use in uses]
    if statement.local(statement.signed_at).date() == day:
        done.insert(0, _signed_today(statement))
    nothing = [paragraph(_("Aujourd’hui, personne ne s’est connecté pour vous avec ce mandat."))]
    parts = [
        paragraph(
            _("Cette feuille est pour %(person)s. Gardez-la.") % {"person": statement.person}
        ),
        heading(_("Ce qui a été fait")),
        *(done or nothing),
        blank(_("Autre chose faite aujourd’hui :")),
        heading(_("Ce qui va se passer")),
        *_next(statement, alive=alive),
        blank(_("La prochaine étape, et sa date :")),
        blank(_("À apporter la prochaine fois :")),
        *_whom_to_call(statement),
    ]
    if alive:
        parts += [heading(_("Pour tout arrêter")), *items(statement["stop"])]
    title = _("Ma feuille du %(day)s") % {"day": date_words(day)}
    # No seal: this sheet proves nothing, it reminds. The code stays: any structure can stop with it.
    return replace(_dated(mandat, statement, "feuille", title, parts, at=at), seal="", snapshot="")


def _signed_today(statement: Statement) -> Part:
    titles = [f"{line['title']}." for line in statement["lines"]]
    words = _("Vous avez signé un mandat avec la structure %(structure)s") % {
        "structure": statement.structure
    }
    return entry(words, titles)


def _next(statement: Statement, *, alive: bool) -> list[Part]:
    if not alive:
        return [paragraph(_("Ce mandat est terminé. Plus personne ne peut agir avec lui."))]
    return items(
        [
            _("Les aidants peuvent agir pour vous jusqu’au %(day)s.") % {"day": statement.end_day},
            _("Vous êtes prévenu quand quelqu’un se connecte pour vous. %(how)s.")
            % {"how": statement.channel},
            _("Avant la fin, la structure vous prévient. Rien ne continue sans vous."),
        ]
    )


def _whom_to_call(statement: Statement) -> list[Part]:
    rows = [
        (_("Votre aidant"), statement.aidant),
        (_("Structure"), statement.structure),
        (_("Téléphone"), statement.phone),
        (_("Adresse"), statement.address),
    ]
    return [heading(_("Qui appeler")), facts(rows)]


def account_document(
    mandat: Mandat, statement: Statement, uses: Iterable[Usage], *, at: datetime
) -> Document:
    """The account of uses: what Tandem noted, and what it cannot know (identity.md, decisions 5 and 10)."""
    rows = [_use(statement, use) for use in uses]
    parts = [
        paragraph(
            _("Voici les connexions notées avec le mandat signé le %(day)s par %(person)s.")
            % {"day": statement.moment(statement.signed_at), "person": statement.person}
        ),
        *(rows or [paragraph(_("Aucune connexion n’est notée."))]),
        heading(_("Ce que ce relevé dit, et ce qu’il ne dit pas")),
        *items(
            [
                _("Le nom du service est celui que l’aidant a déclaré."),
                _("Ce relevé ne prétend pas contenir toutes les connexions."),
                _(
                    "Après une connexion par FranceConnect, un autre service peut s’ouvrir pendant 30 minutes "
                    "sans repasser par Tandem."
                ),
                _("Une ligne vous étonne ? Dites-le à la structure : elle peut tout arrêter."),
            ]
        ),
        *_whom_to_call(statement),
    ]
    return _dated(mandat, statement, "compte", _("Compte des connexions"), parts, at=at)


def _use(statement: Statement, use: Usage) -> Part:
    """One use: what for, when, who, with or without the person, the service as declared."""
    compte = use.affectation.compte
    service = _("Service, d’après l’aidant : %(name)s.") % {"name": use.service_declared}
    details = [
        _("Le %(when)s, par %(name)s, %(presence)s.")
        % {
            "when": statement.moment(use.used_at),
            "name": f"{compte.given_name} {compte.family_name}",
            "presence": presence_words(use.presence),
        },
        _("Fait %(way)s.") % {"way": way} if (way := use_way(use.relying_party)) else "",
        service if use.service_declared else "",
        _("Vous avez confirmé : %(how)s.") % {"how": ConfirmationKind(use.confirmation.kind).label}
        if use.confirmation
        else "",
        use.account_text,
    ]
    return entry(statement.title_of(use.autorisation.scope), details, use.autorisation.theme)


def paper_document(
    mandat: Mandat,
    statement: Statement,
    line: Autorisation,
    *,
    act: str,
    detail: str,
    grave: Sequence[str],
    at: datetime,
) -> Document:
    """The signed paper of the day: one precise act, one day (P-06)."""
    day = date_words(statement.local(at).date())
    parts = [
        paragraph(
            _(
                "Je m’appelle %(person)s. Le %(day)s, je demande à la structure %(structure)s de faire ceci :"
            )
            % {"person": statement.person, "structure": statement.structure, "day": day}
        ),
        entry(act, [detail], line.theme),
        *(
            [notice(_("Attention, cet acte comprend : %(acts)s.") % {"acts": ", ".join(grave)})]
            if grave
            else []
        ),
        heading(_("À savoir")),
        *items(
            [
                _("Ce papier vaut pour cet acte seulement, et pour ce jour seulement."),
                _("Je peux changer d’avis avant que l’acte soit fait."),
                _("L’aidant me relit ce qu’il a rempli avant d’envoyer."),
            ]
        ),
        facts(
            [
                (_("Mandat signé le"), statement.moment(statement.signed_at)),
                (_("Ligne du mandat"), statement.title_of(line.scope)),
                (_("Jour"), day),
            ]
        ),
        heading(_("Signatures")),
        signatures([_("La personne"), _("L’aidant : nom et signature")]),
        notice(_("La structure garde ce papier signé.")),
    ]
    title = _("Mon accord pour un acte, le %(day)s") % {"day": day}
    return replace(_dated(mandat, statement, "papier", title, parts, at=at), snapshot="")


def _dated(
    mandat: Mandat, statement: Statement, kind: str, title: str, parts: list[Part], *, at: datetime
) -> Document:
    return replace(document_of_statement(mandat, statement, kind, title, parts), at=at)
