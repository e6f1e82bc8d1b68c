from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tandem.echeances.rules import (
    EcheanceKind,
    EcheanceState,
    Followed,
    aidant_steps,
    person_steps,
    state_of,
    step_reached,
    wanted_dates,
)
from tandem.referentiels.queries import deadlines_of

TODAY = date(2026, 11, 2)
RSA = deadlines_of("caf-rsa-demande")
DTR = deadlines_of("caf-declaration-trimestrielle-rsa")


def days(known: object, followed: Followed) -> dict[str, date]:
    return {row.rule: row.due_on for row in wanted_dates(known, followed)}  # type: ignore[arg-type]  # of the catalogue


class TestStateOf:
    def test_says_late_from_the_day_after(self) -> None:
        said = {
            n: state_of(due_on=TODAY + timedelta(n), done=False, dropped=False, today=TODAY)
            for n in (-1, 0, 7, 8)
        }

        assert said == {
            -1: EcheanceState.LATE, 0: EcheanceState.SOON, 7: EcheanceState.SOON, 8: EcheanceState.LATER,
        }  # fmt: skip

    def test_hides_the_day_of_what_is_over(self) -> None:
        assert state_of(due_on=TODAY, done=True, dropped=False, today=TODAY) == EcheanceState.DONE
        assert (
            state_of(due_on=TODAY, done=False, dropped=True, today=TODAY) == EcheanceState.DROPPED
        )


class TestStepReached:
    def test_tells_each_step_once_and_skips_those_gone_by(self) -> None:
        steps = (7, 2, 0)

        assert step_reached(steps, days_left=8, told=None) is None
        assert step_reached(steps, days_left=7, told=None) == 7
        assert step_reached(steps, days_left=6, told=7) is None
        assert step_reached(steps, days_left=1, told=7) == 2
        assert step_reached(steps, days_left=1, told=None) == 2
        assert step_reached(steps, days_left=-3, told=2) == 0
        assert step_reached(steps, days_left=-4, told=0) is None

    @given(st.sampled_from(EcheanceKind), st.integers(-400, 400))
    def test_never_tells_the_same_step_twice(self, kind: EcheanceKind, left: int) -> None:
        for steps in (aidant_steps(kind), person_steps(kind)):
            told = step_reached(steps, days_left=left, told=None)
            if told is not None:
                assert step_reached(steps, days_left=left, told=told) is None
                assert told in steps


class TestWantedDates:
    def test_of_what_is_asked_before_it_is_filed(self) -> None:
        day = date(2026, 11, 20)

        assert days(RSA, Followed(asked_by_on=day)) == {"demande": day}
        assert days(None, Followed(asked_by_on=day, filed_on=TODAY)) == {"demande": day}
        assert days(None, Followed(asked_by_on=day, filed_on=date(2026, 12, 1))) == {}

    def test_of_a_filed_demarche(self) -> None:
        assert days(RSA, Followed(filed_on=TODAY)) == {
            "rsa-reponse": date(2027, 1, 2),
            "argent-silence": date(2027, 1, 2),
            "rsa-recours": date(2027, 3, 2),
        }

    def test_of_an_answer_leave_the_appeal_alone(self) -> None:
        followed = Followed(filed_on=TODAY, answered_on=date(2026, 12, 1))

        assert days(RSA, followed) == {"rsa-recours": date(2027, 2, 1)}

    def test_of_a_refusal_keep_the_appeal_and_of_an_agreement_nothing(self) -> None:
        closed = date(2026, 12, 1)

        assert days(RSA, Followed(filed_on=TODAY, closed_on=closed)) == {}
        assert days(RSA, Followed(filed_on=TODAY, closed_on=closed, refused=True)) == {
            "rsa-recours": date(2027, 2, 1)
        }

    def test_of_a_declaration_make_the_next_one(self) -> None:
        """Andrei declares every quarter: the next date makes itself, closed or not."""
        assert days(DTR, Followed(filed_on=TODAY, closed_on=TODAY)) == {
            "trimestre-rsa": date(2027, 2, 28)
        }
        assert days(DTR, Followed(filed_on=TODAY, closed_on=TODAY, left=True)) == {}

    def test_of_a_free_demarche_are_only_what_is_asked(self) -> None:
        assert days(None, Followed(filed_on=TODAY)) == {}
