"""Models kept as code: a Python file or a notebook that ends with `set_model`."""

from __future__ import annotations

import ast
import importlib.util
import json
import sys
import uuid
from contextvars import ContextVar
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.models.pyfunc.mlflow_names import names_for_code
from jupyter_mltrack.models.pyfunc.model_config import configured
from jupyter_mltrack.models.pyfunc.shared_code import with_mlflow_imports

#: What `set_model` was given by the code that runs in this thread.
_GIVEN: ContextVar[list[Any] | None] = ContextVar("_GIVEN", default=None)

#: Cell magics whose body is the cell itself.
_WRAPPING = {"capture", "time", "track"}


def set_model(model: Any) -> None:
    """Say which model the code that is logged as a model makes.

    Elsewhere, such as in a notebook while it is written, it only checks what it is given.

    Args:
        model: A `PythonModel`, or a function that takes the data.

    Raises:
        InvalidParameterValue: if it is neither.

    Example:
        >>> mlflow.models.set_model(Doubler())
    """
    if not callable(model) and not callable(getattr(model, "predict", None)):
        msg = f"set_model takes a PythonModel or a function, not a {type(model).__name__}."
        raise InvalidParameterValue(msg)
    given = _GIVEN.get()
    if given is not None:
        given.append(model)


def code_of(path: str | Path) -> tuple[str, str]:
    """The name of the file and the text to keep; a notebook becomes a Python file.

    Imports of this package become imports of MLflow, so MLflow can run it, too.

    Raises:
        InvalidParameterValue: if there is no such file, or it is no Python.
    """
    file = Path(path)
    if not file.is_file():
        hint = f" Did you mean '{file}.py'?" if not file.suffix else ""
        msg = f"The model code '{file}' does not exist.{hint} Give the path of a .py or .ipynb."
        raise InvalidParameterValue(msg)
    try:
        text = file.read_text(encoding="utf-8")
        text = with_mlflow_imports(_of_notebook(text) if file.suffix == ".ipynb" else text)
    except (ValueError, SyntaxError, LookupError, TypeError) as error:
        msg = f"The model code '{file}' cannot be read as Python: {error}."
        raise InvalidParameterValue(msg) from error
    return f"{file.stem}.py", text


def run_code(file: Path, config: dict[str, Any] | None = None, text: str | None = None) -> Any:
    """The model that a Python file sets. It executes the file.

    ``import mlflow`` in the file finds this package, with or without MLflow installed.

    Args:
        file: It has passed the gate, or is the user's own.
        config: What `ModelConfig` gives in the code.
        text: Its Python, if that is not simply what the file holds.

    Raises:
        MltrackException: if the code fails, or sets no model; the error of the code is the cause.
    """
    given: list[Any] = []
    token = _GIVEN.set(given)
    try:
        with configured(config):
            _run(file, text or importlib.util.decode_source(file.read_bytes()))
    except Exception as error:
        msg = f"The model code {file.name} failed: {type(error).__name__}: {error}"
        raise MltrackException(msg) from error
    finally:
        _GIVEN.reset(token)
    if not given:
        msg = f"The model code {file.name} sets no model. End it with mlflow.models.set_model(…)."
        raise MltrackException(msg)
    return given[-1]


def _run(file: Path, text: str) -> None:
    """Execute code as a module of a name of its own, which stays: its classes refer to it."""
    name = f"code_model_{uuid.uuid4().hex}"
    module = ModuleType(name)
    module.__file__ = str(file)
    module.__spec__ = ModuleSpec(name, None, origin=str(file))
    vars(module)["__builtins__"] = names_for_code()
    sys.modules[name] = module
    try:
        exec(compile(text, str(file), "exec"), vars(module))  # noqa: S102 - that is what a model of code is
    except BaseException:
        del sys.modules[name]
        raise


def _of_notebook(text: str) -> str:
    """The Python of a notebook: its cells, without magics and shell commands."""
    cells = json.loads(text)["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return "\n\n".join(filter(None, map(_without_magics, sources))) + "\n"


def _without_magics(source: str) -> str:
    from IPython.core.inputtransformer2 import TransformerManager

    text = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
    lines = text.splitlines()
    for statement in ast.parse(text).body:
        call = _magic(statement)
        if call is None:
            continue
        if call.func.attr == "run_cell_magic":  # type: ignore[attr-defined]
            name, _, body = (ast.literal_eval(each) for each in call.args)
            return _without_magics(body) if name in _WRAPPING else ""
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1):
            lines[line - 1] = ""
    return "\n".join(lines).strip()


def _magic(statement: ast.stmt) -> ast.Call | None:
    """The call of IPython that a statement is."""
    match statement:
        case ast.Expr(value=ast.Call() as call) | ast.Assign(value=ast.Call() as call):
            match call.func:
                case ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython"))):
                    return call
    return None
