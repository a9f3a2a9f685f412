"""MLflow's side: saves a model of each kind, and loads those that were saved by ours.

    python mlflow_side.py <folder of ours> <folder of theirs> <answers.json>

What fails is told as ``{"error": …}`` in place of the predictions.
"""

import importlib
import json
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")

import mlflow.pyfunc  # noqa: E402 - it warns when it is imported

sys.path.insert(0, str(Path(__file__).parent))
from kinds import KINDS, made, plain  # type: ignore[import-not-found] # noqa: E402


def save(name: str, folder: Path) -> Any:
    """Save a kind; returns what it predicts when MLflow loads it again."""
    kind = made(name, mlflow.pyfunc.PythonModel)
    module = importlib.import_module(f"mlflow.{kind.flavor}")
    options = kind.options | {"pip_requirements": ["cloudpickle"]}  # finding them takes 5 s each
    module.save_model(path=str(folder), **{kind.argument: kind.model}, **options)
    return load(name, folder)


def load(name: str, folder: Path) -> Any:
    """What the model in a folder predicts."""
    data = made(name, mlflow.pyfunc.PythonModel).data
    return plain(mlflow.pyfunc.load_model(str(folder)).predict(data))


def told(call: Callable[[str, Path], Any], name: str, folder: Path) -> Any:
    """What a call returns, or why it failed."""
    try:
        return call(name, folder)
    except Exception:  # noqa: BLE001 - it is told
        return {"error": traceback.format_exc()[-3000:]}


def main() -> None:
    """All kinds, both ways."""
    ours, theirs, answers = map(Path, sys.argv[1:])
    names = [name for name in KINDS if (ours / name).is_dir()]
    found = {
        "version": mlflow.__version__,
        "sees ours": importlib.util.find_spec("jupyter_mltrack") is not None,
        "of ours": {name: told(load, name, ours / name) for name in names},
        "of theirs": {name: told(save, name, theirs / name) for name in names},
    }
    answers.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
