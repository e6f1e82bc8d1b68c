"""One line of JSON per event, from an allowlist of fields: no path, no address, no value (S-44).

Our own loggers write sentences of our own. What any other library would say may hold a value (the address of a page,
the detail of a refused row): of those only the template is kept, never the arguments. Of an exception, its class and
where it came from, never its words.
"""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
# The server only speaks of its own processes.
OURS = ("tandem", "config", "_granian")
REQUEST_FIELDS = ("method", "route", "status", "ms")
_FRAMES = 12
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def set_request_id(identifier: str) -> Any:
    """Name the request of this thread; give the result back to `forget_request_id`."""
    return _request_id.set(identifier)


def forget_request_id(token: Any) -> None:
    """The request is answered."""
    _request_id.reset(token)


class JsonFormatter(logging.Formatter):
    """The only formatter of production."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; a line break inside a value is escaped by JSON."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        if words := _words(record):
            line["message"] = words
        if _request_id.get():
            line["request"] = _request_id.get()
        line |= {
            name: value
            for name in REQUEST_FIELDS
            if (value := getattr(record, name, None)) is not None
        }
        if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
            line["error"] = _names(record.exc_info[1])
            line["where"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _words(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] in OURS:
        return record.getMessage()
    # Without arguments the values may already be in the sentence.
    return str(record.msg) if record.args else ""


def _names(error: BaseException | None) -> list[str]:
    """The class of the exception, and of each that it follows from."""
    names: list[str] = []
    while error is not None and len(names) < _FRAMES:
        names.append(type(error).__qualname__)
        error = error.__cause__ or error.__context__
    return names


def _places(trace: TracebackType | None) -> list[str]:
    """File, line and function of the last frames; never a line of source, which may hold a value."""
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(ROOT):
        return str(path.relative_to(ROOT)).partition("site-packages/")[2] or str(
            path.relative_to(ROOT)
        )
    return "/".join(path.parts[-3:])
