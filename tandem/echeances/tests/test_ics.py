from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tandem.echeances.ics import Event, calendar

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
EVENT = Event(
    UUID("6d0f7f9e-5d8b-4a7b-9a53-0f2b9d6f5a11"), date(2026, 12, 31), "Démarche à suivre (Tandem)",
    "https://tandem.example/echeances/6d0f7f9e-5d8b-4a7b-9a53-0f2b9d6f5a11/",
)  # fmt: skip


def made(*events: Event) -> bytes:
    return calendar(events, host="tandem.example", name="Tandem", at=AT)


def unfolded(content: bytes) -> list[str]:
    return content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


class TestCalendar:
    def test_is_well_formed(self) -> None:
        assert unfolded(made(EVENT)) == [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Tandem//Echeances//FR",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            "X-WR-CALNAME:Tandem",
            "BEGIN:VEVENT",
            "UID:6d0f7f9e-5d8b-4a7b-9a53-0f2b9d6f5a11@tandem.example",
            "DTSTAMP:20261102T090000Z",
            "DTSTART;VALUE=DATE:20261231",
            "DTEND;VALUE=DATE:20270101",
            "SUMMARY:Démarche à suivre (Tandem)",
            "URL:https://tandem.example/echeances/6d0f7f9e-5d8b-4a7b-9a53-0f2b9d6f5a11/",
            "DESCRIPTION:https://tandem.example/echeances/6d0f7f9e-5d8b-4a7b-9a53-0f2b9d6f5a11/",
            "CLASS:PRIVATE",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
            "END:VCALENDAR",
        ]

    def test_of_nothing_is_still_a_calendar(self) -> None:
        assert unfolded(made())[-1] == "END:VCALENDAR"

    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n;,\\")))
    def test_folds_and_escapes_any_text(self, text: str) -> None:
        event = Event(EVENT.public_id, EVENT.day, text, EVENT.url)
        content = made(event)

        lines = content.split(b"\r\n")
        assert lines[-1] == b""
        assert all(len(line) <= 75 for line in lines)
        for line in lines:
            line.decode()
        [said] = [line for line in unfolded(content) if line.startswith("SUMMARY:")]
        back = said.removeprefix("SUMMARY:")
        for mark, escaped in ((";", "\\;"), (",", "\\,")):
            assert back.count(mark) == back.count(escaped) == text.count(mark)
        assert content.count(b"BEGIN:VEVENT") == 1
