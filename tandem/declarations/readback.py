"""A declaration read back: the same words on the page, read aloud, and on paper in large type (A-16)."""

from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tandem.declarations.queries import Sheet
from tandem.declarations.rules import Change, Group, Value, origin_words, value_words
from tandem.documents.rules import (
    Document,
    Part,
    entry,
    heading,
    items,
    notice,
    paragraph,
    signatures,
)


def readback(sheet: Sheet, *, at: datetime) -> Document:
    """What is read to the person before it leaves. Their name, never a number (P-30)."""
    row = sheet.row
    structure = row.usager.structure
    parts = [
        paragraph(
            _("%(name)s, voici ce que nous allons envoyer : %(service)s, %(period)s.")
            % {
                "name": row.usager.display_name,
                "service": row.demarche_suivie.service,
                "period": row.period.words,
            }
        )
    ]
    if row.corrects is not None:
        parts += [heading(_("Ce que nous corrigeons")), *items(map(change_words, sheet.changes))]
    parts.append(heading(_("Ce qui est déclaré")))
    parts += [_line(group) for group in sheet.said]
    if silent := _silent(sheet):
        parts += [heading(_("Rien n’est déclaré pour")), *items(silent)]
    parts += [
        heading(_("Avant d’envoyer")),
        *items([capfirst(words) for words in row.form.verify]),
        notice(_("Est-ce bien cela ? Vous pouvez changer une ligne, demander du temps, ou dire non.")),
        signatures([_("Date"), _("La personne, si elle signe cette feuille")]),
    ]  # fmt: skip
    return Document(
        kind="declaration",
        title=row.demarche_suivie.name,
        parts=tuple(parts),
        structure=structure.name,
        address=structure.postal_address,
        phone=structure.phone,
        at=at,
        initials=f"{row.usager.display_name[:1]}.",
        large=True,
    )


def _silent(sheet: Sheet) -> list[str]:
    """Lines that say nothing: named once when it is so for the whole household."""
    quiet = [group for group in sheet.groups if not group.is_said and not group.refused]
    speaking = {group.line.key for group in sheet.said}
    words = [group.title if group.line.key in speaking else group.line.title for group in quiet]
    return list(dict.fromkeys(words))


def change_words(change: Change) -> str:
    """« Salaires, mai 2026 : 412 € au lieu de 400 € »."""
    title = f"{change.title}, {change.month}" if change.month else change.title
    return _("%(line)s : %(after)s au lieu de %(before)s") % {
        "line": title,
        "after": change.after or _("rien"),
        "before": change.before or _("rien"),
    }


def _line(group: Group) -> Part:
    if group.refused:
        return entry(
            group.title, [_("Cette ligne n’est pas remplie ici. Vous pouvez la remplir vous-même.")]
        )
    return entry(group.title, [words for words in _said(group) if words])


def _said(group: Group) -> list[str]:
    """Month by month; where it comes from is said once when it is the same for all."""
    rows = [(month, now) for month, now, _before in group.rows if now is not None]
    origins = {origin_words(now) for _month, now in rows}
    alone = len(origins) == 1
    lines = [_value(group, month, now, with_origin=not alone) for month, now in rows]
    return [*lines, capfirst(origins.pop())] if alone else lines


def _value(group: Group, month: str, now: Value, *, with_origin: bool) -> str:
    words = value_words(now, group.line.kind)
    said = f"{capfirst(month)} : {words}" if month else capfirst(words)
    return f"{said} ({origin_words(now)})" if with_origin else said
