"""Who sees whom: one sweep over a world of two structures, then the sweep against every filter removed (S-40).

Each mutant is the real module with one condition taken away, compiled apart. A filter that nothing needs
would let its mutant live, and the test fails.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tandem.kernel.refusals import Refusal
from tandem.structures.models import ANONYMOUS, Acteur, Affectation, Structure
from tandem.structures.queries import acteur_from
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers import queries
from tandem.usagers.actions import identity
from tandem.usagers.models import Channel, Notice, RungStep, Suivi, Usager
from tandem.usagers.rules import NoticeState, Rung
from tandem.usagers.tests.factories import ChannelFactory, UsagerFactory, verified

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@dataclass
class World:
    """Alice and bob at the ccas, charlie at the mairie; people who differ by one thing each."""

    alice: Acteur
    bob: Acteur
    charlie: Acteur
    hers: Affectation
    his: Affectation
    waiting: Affectation
    nobodies: list[Acteur]
    rose: Usager
    secret: Usager
    left: Usager
    erased: Usager
    elsewhere: Usager
    channel: Channel
    ended: Channel
    theirs: Channel
    declared: Usager
    suivi: Suivi


def _follow(usager: Usager, affectation: Affectation, *, ended: bool = False) -> Suivi:
    return Suivi.objects.create(
        usager=usager, affectation=affectation, started_at=AT, ended_at=AT if ended else None
    )


@pytest.fixture
def world(
    alice: Affectation, bob: Affectation, charlie: Affectation, ccas: Structure, mairie: Structure
) -> World:
    gone = AffectationFactory.create(structure=ccas, ended=True)
    waiting = AffectationFactory.create(structure=ccas, charte=False)
    new = AffectationFactory.create(structure=ccas, not_habilite=True)
    people = {name: UsagerFactory.create(**_traits(name, ccas, mairie)) for name in PEOPLE}
    suivi = _follow(people["secret"], alice)
    _follow(people["rose"], bob)
    _follow(people["left"], alice, ended=True)
    # Someone who has left still stands among the followers, and is nobody's follower any more.
    _follow(people["secret"], gone)
    ended = ChannelFactory.create(usager=people["rose"], value="ancienne@exemple.fr", ended=True)
    channel = ChannelFactory.create(usager=people["rose"], value="rose@exemple.fr")
    other = ChannelFactory.create(usager=people["elsewhere"], value="rose@exemple.fr")
    # An ended channel of a colleague's person shares nothing any more.
    ChannelFactory.create(usager=people["secret"], value="rose@exemple.fr", ended=True)
    ChannelFactory.create(usager=people["secret"], value="autre@exemple.fr")
    for number, (name, state) in enumerate(
        [("rose", "paper"), ("rose", "sent"), ("secret", "paper")]
    ):
        Notice.objects.create(
            usager=people[name], key=str(number), title="t", body="b", state=NoticeState(state), created_at=AT,
            day=AT.date(),
        )  # fmt: skip
        RungStep.objects.create(
            usager=people[name], rung=Rung.CONNU, established_at=AT, established_by=alice
        )
    return World(
        acteur_from(alice), acteur_from(bob), acteur_from(charlie), alice, bob, waiting,
        [acteur_from(gone), acteur_from(new), acteur_from(waiting), ANONYMOUS],
        **people, channel=channel, ended=ended, theirs=other, suivi=suivi,
    )  # fmt: skip


PEOPLE = ("rose", "secret", "left", "erased", "elsewhere", "declared")


def _traits(name: str, ccas: Structure, mairie: Structure) -> dict[str, Any]:
    common: dict[str, Any] = {"structure": ccas, "family_name": "Lefèvre", "sub": name}
    differences: dict[str, dict[str, Any]] = {
        "secret": {"restricted": True},
        "left": {"restricted": True},
        "erased": {"sub": "", "identity_index": "", "erased_at": AT},
        "elsewhere": {"structure": mairie, "last_contact_at": AT},
        "declared": {"family_name": "Martin", "sub": "", "birthdate": "", "rung": Rung.DECLARE},
    }
    return common | differences.get(name, {})


def refuses(call: Callable[..., object], *arguments: object) -> bool:
    """Whether the call answers by a refusal of status 404."""
    try:
        call(*arguments)
    except Refusal as refusal:
        return refusal.status == 404
    return False


def sweep_people(q: ModuleType, w: World) -> None:
    """Visibility, fetch, search, recent ones."""
    assert set(q.usagers_visible_to(w.alice)) == {w.rose, w.secret, w.declared}
    assert set(q.usagers_visible_to(w.bob)) == {w.rose, w.declared}
    assert set(q.usagers_visible_to(w.charlie)) == {w.elsewhere}
    for nobody in w.nobodies:
        assert list(q.usagers_visible_to(nobody)) == []
        assert q.search_usagers(nobody, "lefevre") == []
        assert refuses(q.usager_visible_to, nobody, w.rose.public_id)
    assert q.usager_visible_to(w.alice, w.secret.public_id) == w.secret
    for hidden in (w.left, w.erased, w.elsewhere):
        assert refuses(q.usager_visible_to, w.alice, hidden.public_id)
    assert refuses(q.usager_visible_to, w.bob, w.secret.public_id)
    assert set(q.search_usagers(w.alice, "lefevre")) == {w.rose, w.secret}
    assert set(q.search_usagers(w.bob, "lef")) == {w.rose}
    assert q.search_usagers(w.alice, "martin") == [w.declared]
    assert q.search_usagers(w.alice, "dupont") == []
    assert q.search_usagers(w.alice, "lefevre dupont") == []
    assert set(q.recent_usagers(w.bob)) == {w.rose, w.declared}


def sweep_now(q: ModuleType, w: World) -> None:
    """The person of a release, read again at each of its steps (S-02)."""
    assert q.seen_now(w.alice, w.secret.pk) == w.secret
    assert q.seen_now(w.bob, w.rose.pk) == w.rose
    assert q.seen_now(w.bob, w.secret.pk) is None
    for hidden in (w.left, w.erased, w.elsewhere):
        assert q.seen_now(w.alice, hidden.pk) is None
    for nobody in w.nobodies:
        assert q.seen_now(nobody, w.rose.pk) is None


def sweep_details(q: ModuleType, w: World) -> None:
    """What hangs from a person."""
    assert list(q.channels_of(w.rose)) == [w.channel]
    assert q.channel_of(w.rose, w.channel.public_id) == w.channel
    for foreign in (w.ended, w.theirs):
        assert refuses(q.channel_of, w.rose, foreign.public_id)
    assert refuses(q.channel_of, w.secret, w.channel.public_id)
    # The same address in another structure changes nothing here: neither sees the other, even by a refusal.
    assert q.proven_channels(w.rose) == [w.channel]
    assert [n.key for n in q.to_tell_on_paper(w.rose)] == ["0"]
    assert {s.usager for s in q.rung_steps_of(w.rose)} == {w.rose}
    assert [s.affectation for s in q.suivis_of(w.secret)] == [w.hers]
    assert list(q.suivis_of(w.left)) == []
    assert q.suivi_of(w.secret, w.suivi.public_id) == w.suivi
    assert refuses(q.suivi_of, w.rose, w.suivi.public_id)
    # Habilité, the charte not accepted yet: may be put in charge, sees nothing before accepting.
    assert set(q.may_start_following(w.rose)) == {w.hers, w.waiting}
    assert set(q.may_start_following(w.left)) == {w.hers, w.his, w.waiting}


def sweep_shared(q: ModuleType, w: World) -> None:
    """P-14: the same address on a colleague's person, and only that, takes it away from both."""
    assert q.proven_channels(w.rose) == [w.channel]
    other = ChannelFactory.create(usager=w.secret, value="rose@exemple.fr")
    assert q.proven_channels(w.rose) == []
    assert {j.weakness for j in q.judged_channels(w.secret)} == {None, "shared"}
    Channel.objects.filter(pk=other.pk).update(ended_at=AT)
    assert q.proven_channels(w.rose) == [w.channel]


def sweep_twenty(q: ModuleType, w: World) -> None:
    """S-51: twenty at most, the latest contact first."""
    for number in range(25):
        UsagerFactory.create(
            structure=w.rose.structure,
            family_name="Zoé",
            sub=f"z{number}",
            last_contact_at=AT - timedelta(days=number),
        )
    found = q.search_usagers(w.alice, "zoe")
    assert len(found) == 20
    assert [u.last_contact_at for u in found] == [AT - timedelta(days=n) for n in range(20)]


def sweep_keys(q: ModuleType, w: World) -> None:
    """The same name has other tokens in another structure."""
    tokens = {
        s.name: q.name_token("lef", structure=s) for s in (w.rose.structure, w.elsewhere.structure)
    }
    assert len(set(tokens.values())) == 2


def sweep_match(i: ModuleType, w: World) -> None:
    """FranceConnect's answer is looked for in one structure, among those not erased."""
    assert i._match(w.rose.structure, i.sub_index("rose"), "") == (w.rose, "sub")
    assert i._match(w.rose.structure, i.sub_index("elsewhere"), "")[0] is None
    assert i._match(w.rose.structure, i.sub_index("nobody"), "")[0] is None
    other = i.identity_index(i._values_of(verified("x", family_name="Ailleurs").identity))
    Usager.objects.filter(pk=w.elsewhere.pk).update(identity_index=other)
    assert i._match(w.rose.structure, i.sub_index("nobody"), other)[0] is None
    Usager.objects.filter(pk=w.rose.pk).update(identity_index=other)
    assert i._match(w.rose.structure, i.sub_index("nobody"), other) == (w.rose, "identity")
    assert i._match(w.rose.structure, i.sub_index("secret"), other) == (w.secret, "sub")


SWEEPS: dict[ModuleType, list[Callable[[ModuleType, World], None]]] = {
    queries: [sweep_people, sweep_now, sweep_details, sweep_shared, sweep_twenty, sweep_keys],
    identity: [sweep_match],
}

# (module, what stands in it, what remains when the filter is removed)
_FOLLOWED = 'usager=OuterRef(f"{way}pk"), affectation=affectation, ended_at=None'
_OPEN = 'Q(**{f"{way}team_access": True}) | Q(Exists(followed))'
_FETCH = "usagers_visible_to(acteur).filter(public_id=public_id)"
_CHANNELS = "Channel.objects.live() .filter(usager=usager)"
_SHARED = 'value_index=OuterRef("value_index"), usager__structure=OuterRef("usager__structure")'
_TOLD = "usager=usager, state=NoticeState.PAPER"
_SUIVIS = "usager=usager, ended_at=None, affectation__ended_at=None"
_FOLLOWERS = "followers = Suivi.objects.filter(usager=usager, ended_at=None)"
FILTERS = [
    # visibility: who may act, structure, erased, restricted, followed by whom and still
    (queries, "if not acteur.may_act:", "if False:"),
    (queries, "(known & here)", "known"),
    (queries, "(known & here)", "here"),
    (queries, f" & ( {_OPEN} )", ""),
    (queries, _OPEN, 'Q(**{f"{way}team_access": True})'),
    (queries, _FOLLOWED, "affectation=affectation, ended_at=None"),
    (queries, _FOLLOWED, 'usager=OuterRef(f"{way}pk"), ended_at=None'),
    (queries, _FOLLOWED, 'usager=OuterRef(f"{way}pk"), affectation=affectation'),
    # the person of a release
    (queries, "if not acteur.may_act or acteur.structure is None", "if acteur.structure is None"),
    (queries, "seen_at(structure, affectation), pk=pk", "pk=pk"),
    (queries, "seen_at(structure, affectation), pk=pk", "seen_at(structure, affectation)"),
    # fetch and recent
    (queries, _FETCH, "Usager.objects.filter(public_id=public_id)"),
    (queries, _FETCH, "usagers_visible_to(acteur)"),
    (queries, "list(usagers_visible_to(acteur).order_by(", "list(Usager.objects.order_by("),
    # search: among the visible, every word, of that person, under the key of the structure, twenty, by date
    (queries, "people = usagers_visible_to(acteur)", "people = Usager.objects.known()"),
    (queries, "people = people.filter(Exists(token))", "pass"),
    (queries, 'usager=OuterRef("pk"), token=', "token="),
    (queries, ", token=name_token(term, structure=structure)", ""),
    (queries, "[: rules.SEARCH_RESULTS]", ""),
    (queries, 'people.order_by("-last_contact_at", "-pk")', 'people.order_by("last_contact_at")'),
    (queries, ", key=structure.search_key_bytes", ""),
    # channels: live, of that person; shared with a live channel of another person of the structure
    (queries, _CHANNELS, "Channel.objects.filter(usager=usager)"),
    (queries, _CHANNELS, "Channel.objects.live()"),
    (
        queries,
        "channels_of(usager).filter(public_id=public_id)",
        "Channel.objects.filter(public_id=public_id)",
    ),
    (queries, "channels_of(usager).filter(public_id=public_id)", "channels_of(usager)"),
    (queries, "Channel.objects.live() .filter( value_index", "Channel.objects.filter( value_index"),
    (queries, _SHARED, 'usager__structure=OuterRef("usager__structure")'),
    (queries, _SHARED, 'value_index=OuterRef("value_index")'),
    (queries, '.exclude(usager=OuterRef("usager"))', ""),
    # what waits to be told, how the identity was established, who follows
    (queries, _TOLD, "state=NoticeState.PAPER"),
    (queries, _TOLD, "usager=usager"),
    (queries, "RungStep.objects.filter(usager=usager)", "RungStep.objects"),
    (queries, _SUIVIS, "ended_at=None, affectation__ended_at=None"),
    (queries, _SUIVIS, "usager=usager, affectation__ended_at=None"),
    (queries, _SUIVIS, "usager=usager, ended_at=None"),
    (
        queries,
        "suivis_of(usager).filter(public_id=public_id)",
        "Suivi.objects.filter(public_id=public_id)",
    ),
    (queries, "suivis_of(usager).filter(public_id=public_id)", "suivis_of(usager)"),
    (queries, _FOLLOWERS, "followers = Suivi.objects.filter(ended_at=None)"),
    (queries, _FOLLOWERS, "followers = Suivi.objects.filter(usager=usager)"),
    # identification: the structure's rows, not erased, of that sub or that identity
    (identity, ".filter(structure=structure)", ".all()"),
    (identity, "rows.filter(sub_index=sub)", "rows"),
    (identity, "rows.filter(identity_index=identity)", "rows"),
    (identity, "if identity and (", "if ("),
]


@pytest.mark.parametrize("module", SWEEPS, ids=lambda m: m.__name__.rsplit(".", 1)[1])
class TestTheWorld:
    def test_shows_each_acteur_their_own_people_only(
        self, module: ModuleType, world: World
    ) -> None:
        """P-10, S-40, S-51: the sweep holds on the code as it is."""
        for sweep in SWEEPS[module]:
            sweep(module, world)


def mutant_of(module: ModuleType, whole: str, rest: str) -> ModuleType:
    """The module compiled again with one text replaced; spaces in `whole` match any blank."""
    assert module.__file__ is not None
    source = Path(module.__file__).read_text(encoding="utf-8")
    pattern = r"\s*".join(re.escape(part) for part in whole.split())
    changed, count = re.subn(pattern, lambda _found: rest, source, count=1)
    assert count == 1, f"{whole!r} is not in {module.__name__}: the filter moved"
    mutant = ModuleType(module.__name__)
    exec(compile(changed, module.__file__, "exec"), mutant.__dict__)  # noqa: S102 - our source, less one filter
    return mutant


@pytest.mark.parametrize(
    ("module", "whole", "rest"), FILTERS, ids=[f"{n:02d}" for n in range(len(FILTERS))]
)
class TestRemovingAFilter:
    def test_is_noticed(self, module: ModuleType, whole: str, rest: str, world: World) -> None:
        """S-40, A-23: no filter of the queries is there for nothing."""
        mutant = mutant_of(module, whole, rest)

        def lives() -> bool:
            try:
                for sweep in SWEEPS[module]:
                    sweep(mutant, world)
            except AssertionError:
                return False
            return True

        assert not lives(), f"nothing fails without {whole!r}"
