"""Reads of usagers. Every entry point takes the acteur: no person without the question « visible to whom? »."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import BigAutoField, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from tandem.comptes.models import Compte
from tandem.kernel.crypto import blind_index
from tandem.kernel.limits import hit
from tandem.kernel.prepared import Prepared
from tandem.kernel.refusals import Refusal
from tandem.structures.models import Acteur, AffectationQuerySet, Structure
from tandem.structures.queries import habilites_of
from tandem.usagers import rules
from tandem.usagers.models import Channel, Notice, RungStep, SearchToken, Suivi, Usager
from tandem.usagers.rules import ChannelKind, NoticeState, Weakness


class UsagerUnknown(Refusal):
    """No such person among those the acteur may see: a stranger learns nothing more."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Cette personne n’est pas connue dans votre structure."))


class SearchRefused(Refusal):
    """Too many searches by name from one compte (S-51); the message says when to come back."""

    status = 429
    code = "limits"


def is_seen_by(acteur: Acteur, person: str = "") -> Q:
    """The people this acteur sees: those of their structure, not erased, and followed by them when restricted.

    `person`: the way from the rows asked for to the person, « usager » or « demarche_suivie__usager ». Rows are
    then joined to their person, and nobody else of the structure is read.
    Nobody is visible to someone who may not act (affectation, habilitation, structure, charte): P-04, P-10.
    """
    if not acteur.may_act:
        return Q(pk__in=[])
    return seen_at(acteur.structure, acteur.affectation, person)


def seen_at(structure: Any, affectation: Any, person: str = "") -> Q:
    """`is_seen_by`, once it is known that the acteur may act; also of slots (`kernel.prepared`)."""
    way = f"{person}__" if person else ""
    followed = Suivi.objects.filter(
        usager=OuterRef(f"{way}pk"), affectation=affectation, ended_at=None
    )
    known = Q(**{f"{way}erased_at": None}) & Q(**{f"{way}merged_into": None})
    here = Q(**{f"{way}structure": structure})
    return (known & here) & (Q(**{f"{way}team_access": True}) | Q(Exists(followed)))


_SEEN = Prepared(
    lambda pk, structure, affectation: Usager.objects.filter(
        seen_at(structure, affectation), pk=pk
    ).order_by(),
    BigAutoField(),
    BigAutoField(),
    BigAutoField(),
)


def seen_now(acteur: Acteur, usager_id: int) -> Usager | None:
    """That person as the database holds them now, if this acteur sees them; one query."""
    if not acteur.may_act or acteur.structure is None or acteur.affectation is None:
        return None
    found = _SEEN.first(usager_id, acteur.structure.pk, acteur.affectation.pk)
    if found is not None:
        found.structure = acteur.structure
    return found


def usagers_visible_to(acteur: Acteur) -> QuerySet[Usager]:
    """Those people, each with their structure."""
    return Usager.objects.filter(is_seen_by(acteur)).select_related("structure")


def usager_visible_to(acteur: Acteur, public_id: UUID) -> Usager:
    """One person.

    Raises:
        UsagerUnknown: not visible to this acteur, whatever the reason.
    """
    usager = usagers_visible_to(acteur).filter(public_id=public_id).first()
    if usager is None:
        raise UsagerUnknown
    return usager


def search_usagers(acteur: Acteur, q: str) -> list[Usager]:
    """At most twenty people whose names hold every word typed, accents ignored; latest contact first (S-51).

    Nothing under three letters, and no number finds anyone. The index is one of the structure: the same name
    elsewhere has other tokens. Every page that finds by name passes here, and is counted for the compte.

    Raises:
        SearchRefused: too many searches of this compte: nobody leafs through the base.
    """
    long, short = rules.search_terms(q)
    if acteur.structure is None or acteur.compte is None or not (long or short):
        return []
    _count_search(acteur.compte)
    found = _with_tokens(acteur, acteur.structure, [*long, *short])
    if not found and long and short:
        # A short word may be the beginning of a longer name.
        found = _with_tokens(acteur, acteur.structure, long)
    return found


def _count_search(compte: Compte) -> None:
    key = f"usagers.search:{compte.public_id}"
    if not hit(key, limit=rules.SEARCHES_A_MINUTE, window=60):
        raise SearchRefused(_("Vous avez fait beaucoup de recherches. Attendez une minute."))
    if not hit(key, limit=rules.SEARCHES_AN_HOUR, window=3600):
        raise SearchRefused(_("Vous avez fait beaucoup de recherches. Recommencez dans une heure."))


def _with_tokens(acteur: Acteur, structure: Structure, terms: list[str]) -> list[Usager]:
    people = usagers_visible_to(acteur)
    for term in terms:
        token = SearchToken.objects.filter(
            usager=OuterRef("pk"), token=name_token(term, structure=structure)
        )
        people = people.filter(Exists(token))
    return list(people.order_by("-last_contact_at", "-pk")[: rules.SEARCH_RESULTS])


def name_token(term: str, *, structure: Structure) -> str:
    """The fingerprint of a prefix, under the structure's own key."""
    return blind_index(term, domain="usagers.name", key=structure.search_key_bytes)


def recent_usagers(acteur: Acteur, limit: int = 5) -> list[Usager]:
    """The people last met with, among those the acteur sees."""
    return list(usagers_visible_to(acteur).order_by("-last_contact_at", "-pk")[:limit])


def channels_of(usager: Usager) -> QuerySet[Channel]:
    """The live channels of a person already fetched for the acteur, oldest first."""
    return (
        Channel.objects.live()
        .filter(usager=usager)
        .select_related("usager__structure")
        .order_by("created_at", "pk")
    )


def channel_of(usager: Usager, public_id: UUID) -> Channel:
    """One live channel of that person.

    Raises:
        UsagerUnknown: another person's, ended, or none.
    """
    channel = channels_of(usager).filter(public_id=public_id).first()
    if channel is None:
        raise UsagerUnknown
    return channel


def channel_index(kind: str, value: str) -> str:
    """The fingerprint that finds again a channel read by the same person."""
    return blind_index(rules.channel_key(kind, value), domain="usagers.channel")


class JudgedChannel(NamedTuple):
    """A live channel, and why it carries nothing; None: it carries notices and codes."""

    channel: Channel
    weakness: Weakness | None


def judged_channels(usager: Usager) -> list[JudgedChannel]:
    """The live channels of a person, each judged now, in two queries (P-14).

    Computed at each use: an address that becomes an aidant's, or another person's, stops at once. Another person
    of the same structure counts; other structures are not asked, since they see nothing of each other.
    """
    others = (
        Channel.objects.live()
        .filter(
            value_index=OuterRef("value_index"),
            usager__structure=OuterRef("usager__structure"),
            # The second file of the same person is nobody else.
            usager__merged_into=None,
        )
        .exclude(usager=OuterRef("usager"))
    )
    channels = list(channels_of(usager).annotate(is_shared=Exists(others)))
    of_comptes = _read_by_comptes(channels)
    return [
        JudgedChannel(
            channel,
            rules.channel_weakness(
                holder=channel.holder,
                proven=channel.proven_at is not None,
                failed=channel.failed_at is not None,
                discreet=channel.discreet,
                shared=channel.is_shared,
                of_a_compte=rules.channel_key(channel.kind, channel.value) in of_comptes,
            ),
        )
        for channel in channels
    ]


def is_of_a_compte(kind: str, value: str) -> bool:
    """The value is the address or the number of someone who works with Tandem (P-14)."""
    return rules.channel_key(kind, value) in _read_by_comptes([Channel(kind=kind, value=value)])


def _read_by_comptes(channels: Sequence[Channel]) -> set[str]:
    """The keys of what people who work with Tandem read themselves, among what could be these channels."""
    if not channels:
        return set()
    suspects = Q(pk=None)
    for channel in channels:
        if channel.kind == ChannelKind.SMS:
            # However the number was typed, its last pair of digits ends it.
            suspects |= Q(phone__endswith=channel.value[-2:])
            continue
        local, _at, domain = rules.mailbox(channel.value).rpartition("@")
        suspects |= Q(email__istartswith=local, email__iendswith=f"@{domain}")
    found = Compte.objects.filter(suspects).order_by("pk").values_list("email", "phone")
    return {
        key
        for email, phone in found
        for key in (
            rules.channel_key(ChannelKind.EMAIL, email),
            rules.channel_key(ChannelKind.SMS, rules.clean_phone(phone)),
        )
    }


def proven_channels(usager: Usager) -> list[Channel]:
    """The channels that carry notices and codes: the person's own, proven, not discreet, shared with nobody."""
    return [judged.channel for judged in judged_channels(usager) if judged.weakness is None]


def proven_channel(usager: Usager) -> Channel | None:
    """The first of them; None: the person is told on paper."""
    return next(iter(proven_channels(usager)), None)


def is_usable(usager: Usager, at: datetime) -> bool:
    """Alive as far as known, not frozen, not erased."""
    return use_refusal(usager, at) is None


def use_refusal(usager: Usager, at: datetime) -> str | None:
    """Why nothing may be done in the person's name at that instant, read again from the database (S-02)."""
    row = Usager.objects.filter(pk=usager.pk).order_by().first()
    if row is None:
        return rules.use_refusal(died_known_at=None, frozen_at=None, erased_at=at)
    return use_refusal_of(row)


def use_refusal_of(usager: Usager) -> str | None:
    """The same, of a row just read."""
    if usager.merged_into_id is not None and usager.erased_at is None:
        return _("Ce dossier est réuni à un autre : ouvrez l’autre.")
    return rules.use_refusal(
        died_known_at=usager.died_known_at,
        frozen_at=usager.frozen_at,
        erased_at=usager.erased_at,
    )


def signing_refusal(usager: Usager, at: datetime) -> str | None:
    """Why the person cannot sign a mandat alone now: use refused, minor, protected, or not asked (P-33, P-34, P-37)."""
    return use_refusal(usager, at) or rules.signing_refusal(
        protected=usager.protected, birthdate=usager.birthdate, on=usager.local_date(at)
    )


def to_tell_on_paper(usager: Usager) -> QuerySet[Notice]:
    """What the person has not been told yet, for want of a channel of their own; oldest first."""
    return Notice.objects.filter(usager=usager, state=NoticeState.PAPER).order_by(
        "created_at", "pk"
    )


def suivis_of(usager: Usager) -> QuerySet[Suivi]:
    """Who follows the person now, with their compte."""
    return (
        Suivi.objects.filter(usager=usager, ended_at=None, affectation__ended_at=None)
        .select_related("affectation__compte")
        .order_by("started_at", "pk")
    )


def rung_steps_of(usager: Usager) -> QuerySet[RungStep]:
    """Each time the identity was established, the latest first."""
    return RungStep.objects.filter(usager=usager).order_by("-established_at", "-pk")


def suivi_of(usager: Usager, public_id: UUID) -> Suivi:
    """One of those who follow the person now.

    Raises:
        UsagerUnknown: ended, or of another person.
    """
    suivi = suivis_of(usager).filter(public_id=public_id).first()
    if suivi is None:
        raise UsagerUnknown
    return suivi


def may_start_following(usager: Usager) -> AffectationQuerySet:
    """The habilités of the structure who do not follow the person yet."""
    followers = Suivi.objects.filter(usager=usager, ended_at=None)
    return habilites_of(usager.structure).exclude(pk__in=followers.values("affectation"))


def is_of_a_sandbox(about: UUID, **_signal: object) -> bool:
    """Whether this is someone fictitious: nothing is ever sent about them (A-14)."""
    return Usager.objects.filter(public_id=about, structure__practice_of__isnull=False).exists()
