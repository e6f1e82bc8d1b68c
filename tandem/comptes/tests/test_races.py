"""Two acts on one compte at the same instant: each waits for the other in one order, none is cut off (R-10).

SQLite has one writer: the order shows on PostgreSQL, the effects on both.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from tandem.comptes import actions
from tandem.comptes.actions.invitations import give_link_back
from tandem.comptes.models import Compte, FactorReset, OpenSession
from tandem.comptes.rules import GestureResponse, password_act
from tandem.comptes.tests.factories import CompteFactory, recovery_code, totp_code
from tandem.envois.models import Message
from tandem.journal.rules import SYSTEM
from tandem.kernel.refusals import Refusal
from tandem.kernel.tests.concurrency import at_once, shared_database

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], Any]


def logs_in(compte: Compte, token: str, at: datetime) -> actions.Opened:
    return actions.open_session(
        compte=compte,
        session_key=uuid4().hex,
        method="password.totp",
        visitor=actions.Visitor(address="192.0.2.1", device_token=token, user_agent="Firefox/1"),
        at=at,
    )


@pytest.fixture
def alice(transactional_db: None, tmp_path: Path) -> Iterator[Compte]:
    with shared_database(tmp_path):
        yield CompteFactory.create(with_totp=True, with_codes=2)


@pytest.fixture
def acts(alice: Compte, at: datetime) -> dict[str, Act]:
    """What may happen to one compte: a reset is due, a link waits, a session is open."""
    others = [CompteFactory.create(is_operator=True) for _ in range(2)]
    before = at - timedelta(days=2)
    FactorReset.objects.create(
        target=alice, requested_by=others[0], approved_by=others[1], identity_proof="met",
        requested_at=before, approved_at=before, effective_at=before + timedelta(days=1),
    )  # fmt: skip
    with transaction.atomic():
        give_link_back(compte=alice, at=at)
    link = str(Message.objects.get(recipient__isnull=False).body)
    token = link.split("/comptes/activation/")[1].split("/", maxsplit=1)[0].split(maxsplit=1)[0]
    known = logs_in(alice, "", at).device_token

    def shows(code: str) -> object:
        act = password_act(alice.public_id)
        return actions.verify_gesture(compte=alice, act=act, response=GestureResponse(code), at=at)

    return {
        "a reset": lambda: actions.apply_due_resets(at=at),
        "a closing": lambda: actions.deactivate_compte(compte=alice, author=SYSTEM, at=at),
        "a link": lambda: actions.activate(token=token, password="seize lettres de suite", at=at),
        "a login": lambda: logs_in(alice, known, at),
        "a printed code": lambda: shows(recovery_code(0)),
        "a code": lambda: shows(totp_code(alice, at)),
        "new codes": lambda: actions.make_recovery_codes(
            compte=alice, response=GestureResponse(totp_code(alice, at)), at=at
        ),
        "sessions closed": lambda: actions.close_other_sessions(compte=alice, kept=uuid4(), at=at),
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a closing", "a link"),
        ("a closing", "a reset"),
        ("a reset", "a link"),
        ("a reset", "a login"),
        ("a reset", "a printed code"),
        ("a reset", "a code"),
        ("a reset", "new codes"),
        ("a reset", "sessions closed"),
        ("a closing", "sessions closed"),
        ("new codes", "a printed code"),
    ],
)
def test_two_acts_on_a_compte_end_both(acts: dict[str, Act], first: str, second: str) -> None:
    """R-10: a deadlock would cut one of them off, and fail here."""
    answers = at_once([acts[first], acts[second]], slowly=True)

    # Done, or refused in words because the other came first.
    assert any(not isinstance(answer, Refusal) for answer in answers)


def test_a_closed_compte_is_not_opened_by_a_link_under_way(
    alice: Compte, acts: dict[str, Act]
) -> None:
    """P-39, S-13: whichever came first, the compte ends closed, without a session."""
    at_once([acts["a link"], acts["a closing"]], slowly=True)

    assert not Compte.objects.get(pk=alice.pk).is_active
    assert not OpenSession.objects.filter(compte=alice).exists()
