"""The mandat itself, from its snapshot alone: standard, easy to read, explained in other languages."""

from dataclasses import replace

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from tandem.documents.rules import (
    Document,
    Part,
    entry,
    facts,
    heading,
    idea,
    items,
    notice,
    paragraph,
    signatures,
    whole_text,
)
from tandem.documents.words import Statement
from tandem.mandats import texts
from tandem.mandats.models import Mandat


def mandat_document(mandat: Mandat, statement: Statement) -> Document:
    """The standard version: what is signed, and the text that was accepted."""
    parts = [
        paragraph(
            _("%(person)s donne ce mandat à la structure %(structure)s.")
            % {"person": statement.person, "structure": statement.structure}
        ),
        *([never_by_franceconnect()] if statement.paper else []),
        *who_of(statement),
        heading(_("Pour quelles démarches")),
        *lines_of(statement),
        heading(_("Jusqu’à quand")),
        facts(
            [
                (_("Signé le"), statement.moment(statement.signed_at)),
                (_("Durée"), str(statement["duree"]["label"])),
                (_("Dernier jour"), statement.end_day),
            ]
        ),
        heading(_("Comment la personne est prévenue")),
        paragraph(statement.channel),
        heading(_("Comment arrêter ce mandat")),
        *items(statement["stop"]),
        *_agreement(statement),
        whole_text(statement.text_signed),
        *also_read(statement),
        heading(_("Signatures")),
        _signed(statement),
    ]
    return document_of_statement(mandat, statement, "mandat", _("Mandat d’accompagnement"), parts)


def who_of(statement: Statement) -> list[Part]:
    """Who gives the mandat, and who may act."""
    person, structure = statement["usager"], statement["structure"]
    return [
        heading(_("Qui donne ce mandat")),
        facts(
            [
                (_("Prénoms"), person["given_names"]),
                (_("Nom de naissance"), person["family_name"]),
                (_("Nom d’usage"), person["preferred_name"]),
                (_("Naissance"), statement.born),
                (_("Identité"), statement.identity),
            ]
        ),
        heading(_("Qui peut agir")),
        facts(
            [
                (_("Structure"), structure["name"]),
                (_("SIRET"), structure["siret"]),
                (_("Adresse"), statement.address),
                (_("Téléphone"), structure["phone"]),
                (_("Courriel"), structure["email"]),
                (_("Aidants"), statement.who_may_act),
                (_("Signé, pour la structure, par"), statement.aidant),
            ]
        ),
    ]


def lines_of(statement: Statement) -> list[Part]:
    """Each line in the words shown at signature."""
    return [
        entry(
            line["title"],
            [line["description"], statement.examples(line), statement.ways(line)],
            line["pictogram"],
        )
        for line in statement["lines"]
    ]


def never_by_franceconnect() -> Part:
    """What a mandat signed by hand allows, and what it never does (P-32)."""
    return notice(
        _(
            "Ce mandat est signé sur papier. L’aidant peut écrire, téléphoner, remplir des formulaires papier, agir "
            "auprès d’un organisme privé et suivre les démarches. Il ne peut jamais se connecter par FranceConnect à "
            "la place de la personne."
        )
    )


def _signed(statement: Statement) -> Part:
    """Where to sign; on paper it was done before the seal, on the sheet that carries the mark."""
    paper = statement.paper
    if not paper:
        return signatures([_("La personne"), _("L’aidant, pour la structure")])
    return paragraph(
        _("Les signatures à la main sont sur la feuille d’origine, repère %(mark)s.")
        % {"mark": paper["mark"]}
    )


def _agreement(statement: Statement) -> list[Part]:
    read = statement.text_read
    return [
        heading(_("L’accord de la personne")),
        facts(
            [
                (_("Accord donné"), statement.consent),
                *statement.by_hand,
                (_("Texte lu"), _("%(label)s, version %(version)s") % {
                    "label": read.label, "version": read.version,
                }),
                (_("Lecture"), statement.reader),
                (_("Points vérifiés en parlant"), _("qui peut agir, jusqu’à quand, comment arrêter")),
            ]
        ),
    ]  # fmt: skip


def also_read(statement: Statement) -> list[Part]:
    """What the person was shown, when it was not the text signed (P-03)."""
    read = statement.text_read
    if read.name == texts.SIGNED:
        return []
    words = _("Texte lu à la personne : %(label)s") % {"label": read.label}
    return [heading(words), whole_text(read)]


def facile_document(mandat: Mandat, statement: Statement) -> Document:
    """The easy-to-read version: same seal, same value."""
    easy = texts.text(statement["text"]["version"], texts.FACILE)
    parts = [
        idea(_("Ce mandat est à %(person)s.") % {"person": statement.person}, "personne"),
        idea(
            _("La structure %(structure)s peut faire des choses pour vous.")
            % {"structure": statement.structure},
            "structure",
        ),
        heading(_("Les choses que l’aidant peut faire")),
        *(_easy_line(line) for line in statement["lines"]),
        heading(_("La date de fin")),
        idea(_("Le mandat s’arrête le %(day)s.") % {"day": statement.end_day}, "calendrier"),
        heading(_("Pour arrêter avant")),
        *_easy_stop(statement),
        whole_text(easy),
        *_easy_signatures(statement),
        notice(
            _("Cette feuille vaut autant que le mandat complet. Les deux ont le même sceau.")
            + " "
            + proofread()
        ),
    ]
    title = _("Mon mandat, en facile à lire")
    return document_of_statement(mandat, statement, "mandat-facile", title, parts, large=True)


def proofread() -> str:
    """What must be said of an easy text as long as nobody concerned has read it again (A-09)."""
    return _(
        "Cette feuille suit les règles du facile à lire. Les personnes concernées ne l’ont pas encore relue."
    )


def _easy_line(line: dict[str, object]) -> Part:
    ways = {
        "presence": _("Avec vous."),
        "telephone": _("Avec vous au téléphone."),
        "absence": _("Sans vous, si besoin."),
    }
    presence = line["presence"]
    details = [ways[way] for way in presence] if isinstance(presence, list) else []
    return entry(str(line["title"]), [" ".join(details)], str(line["pictogram"]))


def _easy_signatures(statement: Statement) -> list[Part]:
    if statement.paper:
        never = _(
            "Avec ce mandat, l’aidant ne peut pas se connecter avec FranceConnect à votre place."
        )
        return [
            heading(_("Signatures")),
            idea(_("Vous avez signé une feuille de papier."), "modifier"),
            idea(never, "arret"),
        ]
    return [
        heading(_("Signatures")),
        idea(_("Vous signez à gauche. L’aidant signe à droite."), "modifier"),
        signatures([_("Vous"), _("L’aidant")]),
    ]


def _easy_stop(statement: Statement) -> list[Part]:
    ways = [
        idea(_("Allez à cette adresse : %(place)s.") % {"place": statement.address}, "structure")
    ]
    if statement.phone:
        words = _("Ou téléphonez au %(phone)s.") % {"phone": statement.phone}
        ways.append(idea(words, "telephone"))
    return [*ways, idea(_("Dites : je veux arrêter. C’est tout."), "arret")]


def explanation_document(mandat: Mandat, statement: Statement, name: str) -> Document:
    """One explanatory text, beside the text that is signed.

    Raises:
        UnknownText: not in that language in the version that was signed.
    """
    text = texts.text(statement["text"]["version"], name)
    parts = [
        notice(
            _("Ce texte explique le mandat. Le texte signé est en français. Langue : %(label)s.")
            % {"label": get_language_info(text.language)["name_translated"]}
        ),
        whole_text(text, anchor="texte"),
    ]
    title = _("Explication du mandat")
    sealed = document_of_statement(mandat, statement, f"explication-{name}", title, parts)
    # It explains and proves nothing: no seal, no code.
    return replace(sealed, seal="", code="", snapshot="", read_aloud="texte")


def document_of_statement(
    mandat: Mandat,
    statement: Statement,
    kind: str,
    title: str,
    parts: list[Part],
    *,
    large: bool = False,
) -> Document:
    """A document that proves something: sealed, with its code, dated of the signature."""
    return Document(
        kind=kind,
        title=title,
        parts=tuple(parts),
        structure=statement.structure,
        address=statement.address,
        phone=statement.phone,
        at=statement.signed_at,
        initials=statement.initials,
        large=large,
        seal=mandat.seal,
        code=str(statement["verification_code"]),
        snapshot=mandat.snapshot,
    )
