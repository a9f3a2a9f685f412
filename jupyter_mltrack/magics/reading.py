"""What a cell's text says: which names it binds to literals, and how its last line is called."""

from __future__ import annotations

import ast
import numbers
import re
from typing import Any

_UNFIT = re.compile(r"[^\w.\- /]+")


def literals(source: str) -> dict[str, Any]:
    """Names that the top level of a cell binds to a literal number, string or boolean.

    The last binding of a name counts. ``a = b = 3`` binds both; ``x: float = 0.5`` binds x.
    """
    found: dict[str, Any] = {}
    for statement in _statements(source):
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets = [statement.target]
        else:
            continue
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        value = _scalar(statement.value)
        for name in names:
            if value is not None and not name.startswith("_"):
                found[name] = value
            else:
                found.pop(name, None)
    return found


def split_last(tree: ast.Module) -> tuple[ast.Module, ast.Expression | None]:
    """The statements of a cell, and its last expression by itself if it ends in one."""
    if not tree.body or not isinstance(last := tree.body[-1], ast.Expr):
        return tree, None
    return ast.Module(tree.body[:-1], tree.type_ignores), ast.Expression(last.value)


def result_name(source: str) -> str:
    """A metric name for the value of a cell's last expression.

    ``accuracy`` is called accuracy, ``model.score(X, y)`` is called score; else ``result``.
    """
    statements = _statements(source)
    if not statements or not isinstance(statements[-1], ast.Expr):
        return "result"
    node: ast.expr = statements[-1].value
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return "result" if node.attr.startswith("run_") else node.attr  # a magic
    return node.id if isinstance(node, ast.Name) else "result"


def metrics_of(name: str, value: Any) -> dict[str, float]:
    """A number, or the numbers in a dict, as metrics; {} for anything else."""
    if isinstance(value, dict):
        return {
            _UNFIT.sub("_", str(key)): float(item)
            for key, item in value.items()
            if _is_number(item)
        }
    return {name: float(value)} if _is_number(value) else {}


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:
        return []


def _scalar(node: ast.expr | None) -> Any:
    try:
        value = ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, (bool, int, float, str)) else None


def _is_number(value: Any) -> bool:
    """Whether it is a real number of Python or NumPy, or a tensor that is one; no bool."""
    if isinstance(value, numbers.Number):
        return isinstance(value, numbers.Real) and not isinstance(value, bool)
    kind = str(getattr(value, "dtype", ""))  # float32, torch.float32
    return getattr(value, "shape", None) == () and ("float" in kind or "int" in kind)
