"""Which numbered requirement is shown by which test: reads the docstrings of the suite.

`python -m tests.outils.exigences` refreshes the last column of docs/exigences.md and lists what it
does not find. The sentences are written by hand.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "exigences.md"
NUMBER = re.compile(r"\b(?:[PSAR]|FI|FS|PC)-\d{2}\b")
ROW = re.compile(r"^\| ((?:[PSAR]|FI|FS|PC)-\d{2}) \| (.*?) \| (.*?) \|$")


def test_files() -> list[Path]:
    """Every file of the suite."""
    found = [*ROOT.glob("tandem/*/tests/**/test_*.py"), *ROOT.glob("tests/**/test_*.py")]
    found += [*ROOT.glob("simulateurs/tests/**/test_*.py"), *ROOT.glob("config/tests/**/test_*.py")]
    return sorted(found)


def shown() -> dict[str, list[str]]:
    """For each number quoted in a test's docstring (or its class's), the tests that quote it."""
    result: dict[str, list[str]] = defaultdict(list)

    def read(node: ast.AST, where: str, inherited: set[str]) -> None:
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.ClassDef | ast.FunctionDef):
                continue
            numbers = inherited | set(NUMBER.findall(ast.get_docstring(child) or ""))
            name = f"{where}::{child.name}"
            if isinstance(child, ast.ClassDef) and child.name.startswith("Test"):
                read(child, name, numbers)
            elif isinstance(child, ast.FunctionDef) and child.name.startswith("test"):
                for number in numbers:
                    result[number].append(name)

    for path in test_files():
        tree = ast.parse(path.read_text())
        module = set(NUMBER.findall(ast.get_docstring(tree) or ""))
        read(tree, str(path.relative_to(ROOT)), module)
    return result


def rows() -> dict[str, tuple[str, str]]:
    """The page's rows: number → (sentence, tests)."""
    lines = PAGE.read_text().splitlines()
    return {m[1]: (m[2], m[3]) for line in lines if (m := ROW.match(line))}


def untrue(page: dict[str, tuple[str, str]], known: dict[str, list[str]]) -> list[str]:
    """What a row says and is not: a test that does not quote its number, or no test at all."""
    return [
        f"{number}: {name or 'no test'}"
        for number, (_sentence, tests) in page.items()
        for name in (re.findall(r"`([^`]+)`", tests) or [""])
        if name not in known.get(number, [])
    ]


def refresh() -> None:
    """Write the tests' column anew: up to three tests a number, the first ones by name."""
    known = shown()
    lines = []
    for line in PAGE.read_text().splitlines():
        match = ROW.match(line)
        if match:
            tests = "<br>".join(f"`{name}`" for name in sorted(known.get(match[1], []))[:3])
            line = f"| {match[1]} | {match[2]} | {tests} |"  # noqa: PLW2901 — the line as it will be
        lines.append(line)
    PAGE.write_text("\n".join(lines) + "\n")
    written = rows()
    print("quoted by a test, without a row:", sorted(set(known) - set(written)))
    print("with a row, quoted by no test:", sorted(set(written) - set(known)))


if __name__ == "__main__":
    refresh()
