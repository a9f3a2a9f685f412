"""Code that goes with a model: what to copy, and its imports in words that MLflow understands."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyter_mltrack.models.installed import distributions_of
from jupyter_mltrack.models.origins import modules_of
from jupyter_mltrack.models.pyfunc.mlflow_names import module_in_mlflow

_OURS = "jupyter_mltrack"
_NOT_USERS = sys.stdlib_module_names | {_OURS, "__main__"}


def own_code(model: Any) -> list[str]:
    """The user's own modules and packages that a model needs: files and folders, sorted.

    What was defined in the notebook itself is not among them: it is pickled with the model.
    """
    names = {name.partition(".")[0] for name in modules_of(model, _is_users) if _is_users(name)}
    files = {getattr(sys.modules.get(name), "__file__", None) for name in names}
    places = [Path(file) for file in files if file]
    return sorted(str(each.parent if each.name == "__init__.py" else each) for each in places)


def with_mlflow_imports(text: str) -> str:
    """Python that imports MLflow wherever it imported this package; all else is as it was.

    Here the code is run so that ``import mlflow`` finds this package, see `names_for_code`.

    Example:
        >>> with_mlflow_imports("import jupyter_mltrack as mlt  # ours")
        'import mlflow as mlt  # ours'
    """
    lines = text.encode().splitlines(keepends=True)
    for node in reversed(list(_imports(ast.parse(text)))):
        new = ast.unparse(_renamed(node)).encode()
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
        lines[first : last + 1] = [before + new + after]
    return b"".join(lines).decode()


def _imports(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """The statements that import from this package, in the order of the text."""
    found = [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) and any(_is_ours(each.name) for each in node.names))
        or (isinstance(node, ast.ImportFrom) and not node.level and _is_ours(node.module or ""))
    ]
    yield from sorted(found, key=lambda node: (node.lineno, node.col_offset))


def _renamed(node: ast.Import | ast.ImportFrom) -> ast.stmt:
    if isinstance(node, ast.ImportFrom):
        return ast.ImportFrom(_theirs(node.module or ""), node.names, 0)
    names = [alias for each in node.names for alias in _aliases(each)]
    return ast.Import(names)


def _aliases(alias: ast.alias) -> Iterator[ast.alias]:
    """What an import binds stays bound: by its own name, or by that of the package."""
    if not _is_ours(alias.name):
        yield alias
        return
    theirs = _theirs(alias.name)
    if alias.asname or "." in alias.name:
        yield ast.alias(theirs, alias.asname)
    if not alias.asname:
        yield ast.alias("mlflow", _OURS)


def _theirs(name: str) -> str:
    return module_in_mlflow(name) or name


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] == _OURS


def _is_users(module: str) -> bool:
    return module.partition(".")[0] not in _NOT_USERS and not distributions_of(module)
