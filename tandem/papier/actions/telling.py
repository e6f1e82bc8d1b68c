"""What the person is told of a sheet that someone brought for them, and how they say no (S-20, S-31)."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from tandem.papier.models import Sheet
from tandem.ui.rules import moment_words
from tandem.usagers.actions import tell_usager
from tandem.usagers.models import Notice
from tandem.usagers.rules import NoticeState, indiscreet_words


def _key(sheet: Sheet) -> str:
    return f"papier.waits:{sheet.public_id}"


def tell_of_waiting(sheet: Sheet, code: str, *, at: datetime) -> None:
    """Put the message in the outbox, in the caller's transaction: from when the sheet counts, and the code of no."""
    if sheet.opens_at is None:
        raise AssertionError("a sheet that waits for a second aidant is not told")
    page = f"{settings.TANDEM_SITE_URL}{reverse('papier:decline')}"
    # The name of a site may say too much of where the person is helped.
    where = _("sur %(page)s") % {"page": page} if not indiscreet_words(page) else _("à Tandem")
    body = _(
        "Bonjour, une feuille signée en votre nom est arrivée. Elle comptera le %(when)s. "
        "Pas d’accord ? Dites-le %(where)s avec le code %(code)s, ou appelez votre aidant."
    )
    when = moment_words(sheet.opens_at.astimezone(sheet.structure.zone))
    tell_usager(
        usager=sheet.usager,
        message=_("Une feuille est arrivée en votre nom"),
        body=body % {"when": when, "where": where, "code": code},
        key=_key(sheet),
        at=at,
    )


def was_told(sheet: Sheet) -> bool:
    """Whether the message left, or is to be said face to face; not while it waits for the digest of the morning."""
    return not Notice.objects.filter(key=_key(sheet), state=NoticeState.DIGEST).exists()
