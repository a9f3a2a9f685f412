"""The house style as far as a program can see it: sizes, names, docstrings, who may do what."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = Path("jupyter_mltrack")
EXTENSION = Path("labextension")

ASK_AT = {".py": 400, ".js": 300, ".ts": 300}
SPLIT_AT = 600
LONGEST_FUNCTION = 60
LONGEST_INDEX = 40
CATCH_ALLS = {"common", "handlers", "helper", "helpers", "manager", "misc", "util", "utils"}

# Files longer than ASK_AT: each with the reason why splitting would make it harder to read.
ALLOWANCES: dict[str, str] = {}

ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """One file of ours; `path` is relative to the repository."""

    path: Path
    text: str

    @property
    def tree(self) -> ast.Module:
        """The syntax tree; empty unless the file is Python."""
        return ast.parse(self.text if self.path.suffix == ".py" else "")


Rule = Callable[[Source], Iterator[str]]


def too_long(source: Source) -> Iterator[str]:
    """A module is split at 600 lines; from 400 (300 in a browser) it needs a reason."""
    lines = source.text.count("\n")
    limit = ASK_AT.get(source.path.suffix)
    if limit and lines > (SPLIT_AT if str(source.path) in ALLOWANCES else limit):
        yield f"{lines} lines"


def index_does_more_than_list(source: Source) -> Iterator[str]:
    """`index.ts` lists the plugins, in 40 lines."""
    if source.path.name == "index.ts" and source.text.count("\n") > LONGEST_INDEX:
        yield "index.ts lists plugins and does nothing else"


def catch_all_name(source: Source) -> Iterator[str]:
    """A module is named after what it is about."""
    for part in (*source.path.parts[:-1], source.path.stem):
        if part.strip("_") in CATCH_ALLS:
            yield f"`{part}` says nothing about what is inside"


def undocumented(source: Source) -> Iterator[str]:
    """Every public function, class and method has a docstring."""
    for name, node in public_names(source.tree):
        if not ast.get_docstring(node):
            yield f"line {node.lineno}: {name} has no docstring"


def reads_environment(source: Source) -> Iterator[str]:
    """Only settings.py reads or changes the environment."""
    if source.path == PACKAGE / "settings.py":
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr=name) if name in ENVIRONMENT:
                yield f"line {node.lineno}: os.{name} belongs in settings.py"
            case ast.ImportFrom(module="os", names=names):
                for alias in names:
                    if alias.name in ENVIRONMENT:
                        yield f"line {node.lineno}: os.{alias.name} belongs in settings.py"


def prints(source: Source) -> Iterator[str]:
    """Only commands print; the rest returns, displays or warns."""
    if source.path.parts[:2] == (*PACKAGE.parts, "cli"):
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Name(id="print")):
                yield f"line {node.lineno}: print() outside cli/"


def keeps_state(source: Source) -> Iterator[str]:
    """Only tracking/active.py changes module-level names."""
    if source.path == PACKAGE / "tracking" / "active.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Global):
            yield f"line {node.lineno}: global {', '.join(node.names)}"


def long_function(source: Source) -> Iterator[str]:
    """A function has at most 60 lines, not counting its docstring."""
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            lines = line_count(node) - docstring_lines(node)
            if lines > LONGEST_FUNCTION:
                yield f"line {node.lineno}: {node.name} has {lines} lines"


def unfinished(source: Source) -> Iterator[str]:
    """What is left to do is not noted in the code."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        if found := UNFINISHED.search(line):
            yield f"line {number}: {found[0]}"


def public_names(
    parent: ast.Module | ast.ClassDef, prefix: str = ""
) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """Functions, classes and methods that users or other files may call."""
    for node in parent.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if DECORATED_TWINS & {decorator_name(each) for each in node.decorator_list}:
            continue
        yield prefix + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from public_names(node, f"{prefix}{node.name}.")


# These repeat a function that has the docstring.
DECORATED_TWINS = {"deleter", "overload", "override", "setter"}


def decorator_name(node: ast.expr) -> str:
    """`setter` for `@name.setter`, `overload` for `@typing.overload`."""
    return ast.unparse(node).rpartition(".")[2]


def line_count(node: Function | ast.Expr) -> int:
    """How many lines a node takes in its file."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def docstring_lines(node: Function) -> int:
    """How many of a function's lines are its docstring."""
    first = node.body[0]
    return line_count(first) if isinstance(first, ast.Expr) and ast.get_docstring(node) else 0


def our_files() -> list[Source]:
    """Everything written by hand that ends up with users."""
    patterns = {PACKAGE: ("py", "js", "css", "sql"), EXTENSION: ("ts", "css")}
    built = (ROOT / PACKAGE / "labextension", ROOT / EXTENSION / "node_modules")
    return [
        Source(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
        for folder, suffixes in patterns.items()
        for suffix in suffixes
        for path in sorted((ROOT / folder).rglob(f"*.{suffix}"))
        if not any(path.is_relative_to(folder) for folder in (*built, ROOT / EXTENSION / "lib"))
    ]


# Every rule, with a file and a text that break it.
RULES: dict[Rule, tuple[str, str]] = {
    too_long: ("jupyter_mltrack/a.py", "\n" * 401),
    index_does_more_than_list: ("labextension/src/index.ts", "\n" * 41),
    catch_all_name: ("jupyter_mltrack/store/utils.py", ""),
    undocumented: ("jupyter_mltrack/a.py", "class A:\n    '''Doc.'''\n    def b(self): ..."),
    reads_environment: ("jupyter_mltrack/a.py", "import os\nos.environ['HOME']"),
    prints: ("jupyter_mltrack/a.py", "print(1)"),
    keeps_state: ("jupyter_mltrack/a.py", "def f():\n    global a"),
    long_function: ("jupyter_mltrack/a.py", "def f():\n" + "    1\n" * 60),
    unfinished: ("jupyter_mltrack/a.sql", "-- TO" + "DO"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_our_files_keep_the_rule(rule: Rule) -> None:
    """No file of ours breaks a rule; the message names every place."""
    broken = [f"{source.path}: {fault}" for source in our_files() for fault in rule(source)]
    assert not broken, f"{rule.__doc__}\n" + "\n".join(broken)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_can_fail(rule: Rule) -> None:
    """A rule that finds nothing in a bad file would keep nothing."""
    path, text = RULES[rule]
    assert list(rule(Source(Path(path), text)))


def test_allowances_are_still_needed() -> None:
    """A file that was split gives its allowance back."""
    for path in map(Path, ALLOWANCES):
        text = (ROOT / path).read_text(encoding="utf-8")
        assert text.count("\n") > ASK_AT[path.suffix], path


def test_there_are_files_to_check() -> None:
    """Looking in the wrong folder would find no fault either."""
    assert {source.path.suffix for source in our_files()} >= {".py", ".ts", ".sql"}
