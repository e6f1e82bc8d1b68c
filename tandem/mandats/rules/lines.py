"""The lines of a mandat compared: what a new one changes, and whether it stays within another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tandem.mandats.rules.choices import Presence
from tandem.mandats.rules.durees import Duree


@dataclass(frozen=True)
class Line:
    """One line: its scope, its thème, and how the aidant may act."""

    scope: str
    theme: str
    presence: frozenset[str]

    def covers(self, other: "Line") -> bool:
        """Whether `other` asks nothing that this line does not give."""
        whole_theme = self.scope == f"theme:{other.theme}"
        return (self.scope == other.scope or whole_theme) and other.presence <= self.presence


@dataclass(frozen=True)
class Difference:
    """What signing would change for the person, scope by scope."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    widened: tuple[str, ...] = ()
    narrowed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.widened or self.narrowed)


def difference(before: Iterable[Line], after: Iterable[Line]) -> Difference:
    """What `after` changes to `before`; a line widened in one way and narrowed in another is widened."""
    old = {line.scope: line for line in before}
    new = {line.scope: line for line in after}
    both = [(old[scope], new[scope]) for scope in sorted(old.keys() & new.keys())]
    return Difference(
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        widened=tuple(o.scope for o, n in both if n.presence - o.presence),
        narrowed=tuple(o.scope for o, n in both if n.presence < o.presence),
        unchanged=tuple(o.scope for o, n in both if n.presence == o.presence),
    )


def replaced_by(new: Iterable[Line], live: Iterable[Line]) -> list[str]:
    """Scopes of live lines that the new ones end: the same scope, or a thème and a démarche inside it."""
    fresh = list(new)
    return [
        line.scope
        for line in live
        if any(
            line.scope in {other.scope, f"theme:{other.theme}"}
            or other.scope == f"theme:{line.theme}"
            for other in fresh
        )
    ]


def is_within(new: Iterable[Line], old: Iterable[Line]) -> bool:
    """Whether every new line asks the same as an old one, or less (a renewal)."""
    former = list(old)
    return all(any(line.covers(other) for line in former) for other in new)


def renewal_refused(
    new: Iterable[Line], old: Iterable[Line], *, duree: Duree, old_duree: Duree
) -> bool:
    """Whether a renewal by code would give more than the mandat it renews."""
    return not is_within(new, old) or duree.days > old_duree.days


def clean_presence(
    wanted: Mapping[str, Iterable[str]], scopes: Iterable[str]
) -> dict[str, list[str]]:
    """For each scope, the ways allowed: in presence always, the others only when asked (P-05)."""
    order = list(Presence)
    return {
        scope: [
            p.value
            for p in order
            if p == Presence.PRESENCE or p.value in set(wanted.get(scope, ()))
        ]
        for scope in scopes
    }
