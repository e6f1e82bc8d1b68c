"""The laws as functions: each takes sources, gives back the sentences of what breaks it.

Written apart from the tests so that each law can be shown to bite (test_laws_bite.py).
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.maison import house

INLINE = re.compile(
    r"""<style[\s>]|\sstyle\s*=|\son[a-z]+\s*=|href\s*=\s*["']?\s*javascript:|<script(?![^>]*\ssrc=)[^>]*>""",
    re.IGNORECASE,
)
EXTENDS = re.compile(r"""\{%\s*(?:extends|include)\s+["']([^"']+)["']""")
URL_TAG = re.compile(r"""\{%\s*url\s+["']([^"']+)["']""")
REVERSE = re.compile(r"""(?:reverse|redirect|reverse_lazy)\(\s*["']([a-z_]+:[a-z_]+)["']""")


def imports_of_views_or_forms(room: str, source: str) -> Iterator[str]:
    """No room imports another's views or forms, and nothing imports config (law 2)."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "config":
                yield f"line {node.lineno}: imports {name}"
            if len(parts) >= 3 and parts[0] == "tandem" and parts[1] != room:  # noqa: SIM102 — one line each
                # ui is made of forms and views that everyone uses.
                if parts[1] != "ui" and parts[2] in {"views", "forms"}:
                    yield f"line {node.lineno}: imports {name}"


def templates_looking_up(room: str, source: str) -> Iterator[str]:
    """Templates extend and include only down (law 3)."""
    for name in EXTENDS.findall(source):
        other = name.split("/")[0]
        if other in house.floors() and not house.may_see(room, other):
            yield f"takes {name}, which is above"


def routes_named(source: str) -> set[str]:
    """Routes a template or a Python file names."""
    return set(URL_TAG.findall(source)) | set(REVERSE.findall(source))


def writes_in(source: str) -> Iterator[str]:
    """Views and forms never touch .objects, .save, .delete (law 5)."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in {
            "objects",
            "save",
            "delete",
            "_base_manager",
        }:
            if isinstance(node.value, ast.Attribute) and node.value.attr == "session":
                continue
            yield f"line {node.lineno}: .{node.attr}"


class _Paths:
    """The longest path of action calls through a body; branches of one `if` exclude each other."""

    def __init__(self, imported: set[str]) -> None:
        self.imported = imported

    def call_name(self, call: ast.Call) -> str | None:
        function = call.func
        if isinstance(function, ast.Name) and function.id in self.imported:
            return function.id
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            base = function.value.id
            if base == "actions" or base.endswith("_actions") or base in self.imported:
                return f"{base}.{function.attr}"
        return None

    def in_expression(self, node: ast.AST) -> list[str]:
        calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
        return [name for call in calls if (name := self.call_name(call))]

    @staticmethod
    def leaves(body: list[ast.stmt]) -> bool:
        return bool(body) and isinstance(body[-1], ast.Return | ast.Raise)

    def longest(self, body: list[ast.stmt]) -> list[str]:
        found: list[str] = []
        for index, statement in enumerate(body):
            if isinstance(statement, ast.If):
                return found + self.of_if(statement, self.longest(body[index + 1 :]))
            if isinstance(statement, ast.Try):
                return found + self.of_try(statement, self.longest(body[index + 1 :]))
            if isinstance(statement, ast.With):
                found += self.longest(statement.body)
            else:
                found += self.in_expression(statement)
        return found

    def of_if(self, statement: ast.If, rest: list[str]) -> list[str]:
        then, other = self.longest(statement.body), self.longest(statement.orelse)
        after_then = then if self.leaves(statement.body) else then + rest
        after_other = other if self.leaves(statement.orelse) else other + rest
        return self.in_expression(statement.test) + max(after_then, after_other, key=len)

    def of_try(self, statement: ast.Try, rest: list[str]) -> list[str]:
        whole = [*statement.body, *statement.orelse]
        tried = self.longest(statement.body) + self.longest(statement.orelse)
        handled = max((self.longest(h.body) for h in statement.handlers), key=len, default=[])
        # After a refusal the tried action left nothing: what the handler does stands alone.
        leaving = any(self.leaves(h.body) for h in statement.handlers)
        refused = handled if leaving else handled + rest
        normal = tried if self.leaves(whole) else tried + rest
        return max(normal, refused, key=len) + self.longest(statement.finalbody)


def actions_called(source: str) -> dict[str, list[str]]:
    """For each function of a views file, the actions it calls (law 5: one at most on a path).

    An action is a function reached through a module named `actions`, or imported from one.
    """
    tree = ast.parse(source)
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and "actions" in node.module.split("."):
            # An action starts with a verb in lower case; a refusal is a class.
            names = [alias.asname or alias.name for alias in node.names]
            imported |= {name for name in names if name[0].islower()}
    paths = _Paths(imported)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {node.name: paths.longest(node.body) for node in functions}


def glossary_never() -> set[str]:
    """The synonyms the glossary refuses."""
    data = tomllib.loads((house.ROOT / "glossaire.toml").read_text())
    return {word for entry in data.values() for word in entry["never"]}


def forbidden_words(source: str, never: Iterable[str]) -> Iterator[str]:
    """No identifier holds a word the glossary forbids (law 6)."""
    refused = [word.split("_") for word in never]

    def words(identifier: str) -> list[str]:
        spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", identifier)
        return [part for part in spaced.lower().split("_") if part]

    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        match node:
            case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef():
                names = [node.name]
            case ast.Name():
                names = [node.id] if isinstance(node.ctx, ast.Store) else []
            case ast.arg():
                names = [node.arg]
            case ast.Attribute() if isinstance(node.ctx, ast.Store):
                names = [node.attr]
            case _:
                pass
        for name in names:
            parts = words(name)
            for word in refused:
                if any(parts[i : i + len(word)] == word for i in range(len(parts) - len(word) + 1)):
                    yield f"line {node.lineno}: {name} holds {'_'.join(word)}"  # type: ignore[attr-defined]  # every node matched has a line


def inline_code(html: str) -> list[str]:
    """No inline script, style or handler (law 7)."""
    # A comment of a template is not sent.
    sent = re.sub(r"\{#.*?#\}|\{% comment .*?endcomment %\}", "", html, flags=re.DOTALL)
    return [match.group(0) for match in INLINE.finditer(sent)]


def too_long(path: Path, limit: int) -> str | None:
    """Past the size limit, a file says above why (a comment holding `longer than`)."""
    text = path.read_text()
    count = text.count("\n")
    if count <= limit or "longer than" in text[:2500].lower():
        return None
    return f"{path.relative_to(house.ROOT)}: {count} lines, more than {limit}, and does not say why"


def long_functions(source: str, limit: int = 40) -> Iterator[str]:
    """Functions of more than `limit` lines, docstring apart."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body
            first = body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and len(body) > 1
            ):
                first = body[1]
            length = (node.end_lineno or 0) - first.lineno + 1
            if length > limit:
                yield f"{node.name}: {length} lines"


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
POLICY = ("default-src", "object-src", "base-uri", "frame-ancestors")


def wrong_headers(response: Any, *, logged_in: bool) -> Iterator[str]:
    """What an answer lacks, or says too much (S-14, S-43, S-46, FI-21)."""
    for name, value in HEADERS.items():
        if response.get(name) != value:
            yield f"{name}: {response.get(name)}"
    for name in ("camera=()", "geolocation=()", "microphone=()", "payment=()", "usb=()"):
        if name not in response.get("Permissions-Policy", ""):
            yield f"Permissions-Policy lacks {name}"
    if "Cache-Control" not in response or (logged_in and response["Cache-Control"] != "no-store"):
        yield f"Cache-Control: {response.get('Cache-Control')}"
    for name in ("Access-Control-Allow-Origin", "Server", "X-Powered-By"):
        if name in response:
            yield f"{name} is sent"
    length = response.get("Content-Length")
    if length and response.content and int(length) != len(response.content):
        yield f"Content-Length: {length} for {len(response.content)} bytes"
    yield from _wrong_policy(response.get("Content-Security-Policy", ""))
    yield from _wrong_cookies(response)


def _wrong_policy(policy: str) -> Iterator[str]:
    """S-46: nothing by default, our own files, exact origins where a form ends elsewhere."""
    directives = {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}
    for name in POLICY:
        if directives.get(name) != ["'none'"]:
            yield f"{name}: {directives.get(name)}"
    for name, sources in directives.items():
        elsewhere = [source for source in sources if source not in {"'self'", "'none'"}]
        exact = all(re.fullmatch(r"https://[a-z0-9.-]+(:\d+)?", source) for source in elsewhere)
        if elsewhere and not (name == "form-action" and exact):
            yield f"{name}: {sources}"


def _wrong_cookies(response: Any) -> Iterator[str]:
    """S-14: of this host alone, sent by https alone, unread by scripts."""
    for cookie in response.cookies.values():
        kept = cookie["secure"] and cookie["httponly"] and cookie["samesite"] in {"Lax", "Strict"}
        gone = cookie["max-age"] == 0
        placed = cookie["path"] == "/" and not cookie["domain"]
        if not (cookie.key.startswith("__Host-") and placed and (kept or gone)):
            yield f"cookie {cookie.key}"
