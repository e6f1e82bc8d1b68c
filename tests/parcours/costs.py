"""What an act costs the aidant: counted gestures, and a time computed from them by a stated model.

A *gesture* is a click, a field typed, a key that chooses or sends, or the finger on the device, on a page of
Tandem; what is done at FranceConnect or at the administration would be done without Tandem too. Tab moves the
focus as a hand moves the mouse: it is counted apart.

The *time of a practised aidant* is computed, never measured. The operators are those of the keystroke-level model
(S. Card, T. Moran and A. Newell, *The Psychology of Human-Computer Interaction*, 1983): 1.35 s to decide each gesture,
1.1 s to point and 0.2 s to click, 0.4 s to bring the hands to the keyboard, 0.28 s for each key or character of
an ordinary typist. We add 3 s for the finger on the device; what changes from one person to the next (the page to
check before signing) read in silence at 238 words a minute (M. Brysbaert, 2019); and 10 s for each point that
the aidant makes sure of by speaking. The labels of a page known by heart are in the time to decide.

The text of the mandat is read by the person, or to them: their time, given apart.
"""

from dataclasses import asdict, dataclass, fields

DECIDE = 1.35
POINT_AND_CLICK = 1.1 + 0.2
HANDS_TO_KEYBOARD = 0.4
KEY = 0.28
TOUCH = 3.0
WORD = 60 / 238
SPOKEN_POINT = 10.0


@dataclass
class Effort:
    """What was done, in pieces that add up. `own_ms`: Tandem's own time, from the question to its answer."""

    clicks: int = 0
    typed: int = 0
    characters: int = 0
    keys: int = 0
    touches: int = 0
    moves: int = 0
    words: int = 0
    spoken: int = 0
    text_words: int = 0
    own_ms: float = 0

    @property
    def gestures(self) -> int:
        return self.clicks + self.typed + self.keys + self.touches

    @property
    def seconds(self) -> float:
        """A practised aidant's time, by the model above."""
        return (
            DECIDE * self.gestures
            + POINT_AND_CLICK * self.clicks
            + HANDS_TO_KEYBOARD * self.typed
            + KEY * (self.characters + self.keys + self.moves)
            + TOUCH * self.touches
            + WORD * self.words
            + SPOKEN_POINT * self.spoken
        )

    @property
    def text_seconds(self) -> float:
        """The person's own time, to read what they accept."""
        return WORD * self.text_words

    def since(self, before: "Effort") -> "Effort":
        """What was done after `before`."""
        return Effort(
            *(getattr(self, one.name) - getattr(before, one.name) for one in fields(self))
        )


def table(costs: list[tuple[str, Effort]]) -> list[str]:
    """The lines printed at the end of a run, in the order of the journeys."""
    width = max(len(act) for act, _effort in costs)
    lines = [
        f"{'journey':{width}}  gestures  Tab  Tandem's own  aidant (model)  text, for the person"
    ]
    for act, effort in sorted(costs, key=lambda one: one[0]):
        text = clock(effort.text_seconds) if effort.text_words else "-"
        lines.append(
            f"{act:{width}}  {effort.gestures:8}  {effort.moves:3}  {effort.own_ms / 1000:10.2f} s"
            f"  {clock(effort.seconds):>14}  {text:>20}"
        )
    return lines


def clock(seconds: float) -> str:
    """« 2 min 05 s »."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def packed(effort: Effort) -> dict[str, float]:
    """What crosses from one process to another."""
    return asdict(effort)
