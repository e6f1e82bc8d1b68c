"""Who the person is, and how sure we are."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tandem.kernel.crypto import blind_index
from tandem.kernel.text import clean_line
from tandem.oidc_client.rules import PivotIdentity, VerifiedIdentity
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.usagers import events
from tandem.usagers.actions.doors import Desk, UsagerRefused, at_work, locked, trace
from tandem.usagers.actions.reading import record_contact
from tandem.usagers.models import RungStep, SearchToken, Suivi, Usager
from tandem.usagers.queries import name_token
from tandem.usagers.rules import Piece, Rung, name_prefixes, pivot_text
from tandem.usagers.signals import usager_named

_FIELDS = (
    "given_names", "family_name", "preferred_name", "birthdate", "gender", "birthplace", "birthcountry", "email",
)  # fmt: skip


def sub_index(sub: str) -> str:
    """The fingerprint of a FranceConnect sub, the same in every structure."""
    return blind_index(sub, domain="usagers.sub")


def identity_index(values: dict[str, str]) -> str:
    """The fingerprint of a complete civil identity; empty when it is not complete."""
    text = pivot_text(
        **{name: values[name] for name in _FIELDS if name not in {"preferred_name", "email"}}
    )
    return blind_index(text, domain="usagers.identity") if text else ""


@transaction.atomic
def identify_usager(*, acteur: Acteur, verified: VerifiedIdentity, at: datetime) -> Usager:
    """The person FranceConnect has just vouched for, found again or welcomed in the acteur's structure.

    Found by FranceConnect's sub, then by the civil identity, because the sub may change (FS-07). What
    FranceConnect says replaces what was known; the former values and rungs are kept aside (P-26). The aidant
    before whom the person identified follows them. Another structure's row is never looked at.
    """
    desk = at_work(acteur)
    values = _values_of(verified.identity)
    sub, identity = sub_index(verified.sub), identity_index(values)
    usager, match = _match(desk.structure, sub, identity)
    if usager is None:
        usager, match = _welcome(desk, values, sub=sub, identity=identity, at=at)
    former_rung = "" if match == "new" else usager.rung
    former = _replace(usager, values)
    usager.sub_index, usager.identity_index = sub, identity or usager.identity_index
    _establish(usager, rung_at(desk.structure), desk=desk, at=at)
    usager.save()
    record_contact(usager=usager, at=at)
    index_names(usager)
    follow(usager, desk.affectation, at)
    if former and match != "new":
        _record_correction(acteur, usager, former, at)
    trace(events.IDENTIFIED, acteur, usager, at, facts={"match": match, "former_rung": former_rung})
    return usager


def rung_at(structure: Structure) -> Rung:
    """How sure an identity received there is: in a sandbox, it is nobody's (A-14)."""
    return Rung.FICTIF if structure.is_practice else Rung.FRANCECONNECT


def _values_of(identity: PivotIdentity) -> dict[str, str]:
    return {name: clean_line(getattr(identity, name)) for name in _FIELDS}


def _match(structure: Structure, sub: str, identity: str) -> tuple[Usager | None, str]:
    """The row of this structure for that sub, or else for that civil identity."""
    # An erased row has no index left, says the database: it is never found again.
    rows = (
        Usager.objects.known()
        .filter(structure=structure)
        .select_for_update(of=("self",), no_key=True)
        .select_related("structure")
        .order_by("-last_contact_at", "-pk")
    )
    if found := rows.filter(sub_index=sub).first():
        return found, "sub"
    if identity and (found := rows.filter(identity_index=identity).first()):
        return found, "identity"
    return None, "new"


def _welcome(
    desk: Desk, values: dict[str, str], *, sub: str, identity: str, at: datetime
) -> tuple[Usager, str]:
    try:
        with transaction.atomic():
            usager = Usager.objects.create(
                structure=desk.structure,
                sub_index=sub,
                identity_index=identity,
                rung=rung_at(desk.structure),
                rung_established_at=at,
                created_at=at,
                last_contact_at=at,
                **values,
            )
    except IntegrityError:
        # Two desks welcomed the same person at the same second: the database kept the first.
        found, match = _match(desk.structure, sub, identity)
        if found is None:
            raise
        return found, match
    return usager, "new"


# What can be read on a document of identity, and is typed from it.
_ON_A_PIECE = ("given_names", "family_name", "birthdate")
# Two clicks of one hand.
_SAME_MOMENT = timedelta(minutes=1)
# FranceConnect may leave these two empty: what the person said stays.
_KEPT = ("preferred_name", "email")


def _replace(
    usager: Usager, values: dict[str, str], *, keep: tuple[str, ...] = _KEPT
) -> dict[str, str]:
    """Set the new values on the instance; gives back the former ones that changed."""
    former = {}
    for name, value in values.items():
        known = getattr(usager, name)
        if value != known and (value or name not in keep):
            former[name] = known
            setattr(usager, name, value)
    return former


def _record_correction(
    acteur: Acteur, usager: Usager, former: dict[str, str], at: datetime
) -> None:
    trace(
        events.CORRECTED,
        acteur,
        usager,
        at,
        facts={"fields": sorted(former)},
        secrets={name: value for name, value in former.items() if value},
    )


def _establish(
    usager: Usager,
    rung: Rung,
    *,
    desk: Desk,
    at: datetime,
    piece: str = "",
    seen_on: date | None = None,
) -> None:
    usager.rung, usager.rung_established_at = rung, at
    RungStep.objects.create(
        usager=usager,
        rung=rung,
        established_at=at,
        established_by=desk.affectation,
        piece=piece,
        piece_seen_on=seen_on,
    )


def index_names(usager: Usager) -> None:
    """Make the tokens of the names match them, touching only those that changed."""
    prefixes = name_prefixes([usager.family_name, usager.given_names, usager.preferred_name])
    wanted = {name_token(prefix, structure=usager.structure) for prefix in prefixes}
    known = set(SearchToken.objects.filter(usager=usager).values_list("token", flat=True))
    SearchToken.objects.filter(usager=usager, token__in=known - wanted).delete()
    SearchToken.objects.bulk_create(
        [SearchToken(usager=usager, token=token) for token in sorted(wanted - known)]
    )
    usager_named.send(sender=Usager, usager=usager)


def follow(usager: Usager, affectation: Affectation, at: datetime) -> bool:
    """The aidant follows the person from now; False when they already did."""
    _row, created = Suivi.objects.get_or_create(
        usager=usager, affectation=affectation, ended_at=None, defaults={"started_at": at}
    )
    return created


@transaction.atomic
def declare_usager(
    *,
    acteur: Acteur,
    given_names: str,
    family_name: str,
    at: datetime,
    birthdate: str = "",
    preferred_name: str = "",
) -> Usager:
    """Open a file on what the person says of themselves: help beside them only, until more is shown (P-32).

    The same aidant saying the same within a minute is given the file just opened (S-24).

    Raises:
        UsagerRefused: no name.
    """
    desk = at_work(acteur)
    values = dict.fromkeys(_FIELDS, "")
    values |= {"given_names": clean_line(given_names), "family_name": clean_line(family_name)}
    values |= {"birthdate": birthdate.strip(), "preferred_name": clean_line(preferred_name)}
    if not values["given_names"] or not values["family_name"]:
        raise UsagerRefused(_("Il faut un prénom et un nom pour ouvrir un dossier."))
    if (just_opened := _just_declared(desk, values, at)) is not None:
        return just_opened
    usager = Usager.objects.create(
        structure=desk.structure,
        identity_index=identity_index(values),
        rung=Rung.DECLARE,
        rung_established_at=at,
        created_at=at,
        last_contact_at=at,
        **values,
    )
    _establish(usager, Rung.DECLARE, desk=desk, at=at)
    index_names(usager)
    follow(usager, desk.affectation, at)
    trace(events.DECLARED, acteur, usager, at, facts={"rung": str(Rung.DECLARE)})
    return usager


def _just_declared(desk: Desk, values: dict[str, str], at: datetime) -> Usager | None:
    """The file this aidant opened a moment ago with the same words: a second click opens no other."""
    Affectation.objects.select_for_update(of=("self",), no_key=True).get(pk=desk.affectation.pk)
    steps = RungStep.objects.filter(
        established_by=desk.affectation, rung=Rung.DECLARE, established_at__gt=at - _SAME_MOMENT
    )
    rows = Usager.objects.known().filter(rung_steps__in=steps).order_by("-pk")
    said = [row for row in rows if all(getattr(row, name) == values[name] for name in _FIELDS)]
    return said[0] if said else None


@transaction.atomic
def record_piece_seen(
    *,
    acteur: Acteur,
    usager: Usager,
    piece: Piece,
    seen_on: date,
    at: datetime,
    says: Mapping[str, str] | None = None,
) -> Usager:
    """The original of an identity document was seen: its kind, the day and by whom are kept, never a copy (P-32).

    `says`: the names and the birthdate as the document writes them; what the person had said is kept aside (P-26).

    Raises:
        UsagerRefused: the day is to come, a name is missing, or the identity is already surer.
    """
    if seen_on > at.astimezone(usager.structure.zone).date():
        raise UsagerRefused(_("Le jour où la pièce a été vue ne peut pas être à venir."))
    row = _raise_rung(acteur, usager, Rung.PIECE_VUE, at=at, piece=str(piece), seen_on=seen_on)
    values = {name: clean_line(says[name]) for name in _ON_A_PIECE} if says else {}
    if values and not (values["given_names"] and values["family_name"]):
        raise UsagerRefused(_("Écrivez le prénom et le nom comme sur la pièce."))
    former = _replace(row, values, keep=("birthdate",))
    if former:
        row.identity_index = identity_index({name: getattr(row, name) for name in _FIELDS})
        row.save()
        index_names(row)
        _record_correction(acteur, row, former, at)
    return row


@transaction.atomic
def vouch_for(*, acteur: Acteur, usager: Usager, at: datetime) -> Usager:
    """The acteur knows the person, and says so by name: follow-up and letters during 31 days."""
    return _raise_rung(acteur, usager, Rung.CONNU, at=at)


# A weaker way never replaces a surer one; the same way again makes it fresh.
_ORDER = [Rung.DECLARE, Rung.CONNU, Rung.PIECE_VUE, Rung.FRANCECONNECT, Rung.FICTIF]


def _raise_rung(
    acteur: Acteur,
    usager: Usager,
    rung: Rung,
    *,
    at: datetime,
    piece: str = "",
    seen_on: date | None = None,
) -> Usager:
    desk = at_work(acteur)
    row = locked(acteur, usager)
    former = Rung(row.rung)
    if _ORDER.index(rung) < _ORDER.index(former):
        raise UsagerRefused(_("L’identité de cette personne est déjà établie de façon plus sûre."))
    _establish(row, rung, desk=desk, at=at, piece=piece, seen_on=seen_on)
    row.save(update_fields=["rung", "rung_established_at"])
    record_contact(usager=row, at=at)
    trace(
        events.RUNG_ESTABLISHED,
        acteur,
        row,
        at,
        facts={"rung": str(rung), "piece": piece, "former_rung": str(former)},
    )
    return row


@transaction.atomic
def rename_usager(*, acteur: Acteur, usager: Usager, preferred_name: str, at: datetime) -> Usager:
    """The name the person uses every day; empty: the family name. The civil identity does not move."""
    row = locked(acteur, usager)
    former = _replace(row, {"preferred_name": clean_line(preferred_name)}, keep=())
    if not former:
        return row
    row.save(update_fields=["preferred_name"])
    index_names(row)
    _record_correction(acteur, row, former, at)
    return row
