"""A corpus of models' folders that would run something, or lead somewhere, if they were believed.

Each payload makes the folder ``marker`` when it runs. A case is a function that fills a folder.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml

Case = Callable[[Path, Path], None]

#: Under these keys MLflow's flavors name the file that they read.
FILE_KEYS = (
    "data",
    "model_data",
    "model_path",
    "pickled_model",
    "python_model",
    "saved_model_dir",
)

#: Flavors whose files may be pickles, and what they may say of the format.
PICKLED: dict[str, tuple[dict[str, Any], ...]] = {
    "catboost": ({"model_type": "CatBoost", "save_format": "cbm"},),
    "keras": ({"keras_module": "keras", "save_format": "keras"}, {"custom_objects": "model.pkl"}),
    "lightgbm": (
        {"model_class": "lightgbm.sklearn.LGBMClassifier"},
        {"model_class": "lightgbm.sklearn.LGBMClassifier", "serialization_format": "cloudpickle"},
    ),
    "onnx": ({"providers": ["CPUExecutionProvider"]},),
    "pmdarima": ({},),
    "prophet": ({},),
    "pytorch": ({}, {"serialization_format": "pickle"}),
    "sklearn": (
        {},
        {"serialization_format": "pickle"},
        {"serialization_format": "cloudpickle"},
        {"serialization_format": "joblib"},
        {"serialization_format": "skops"},
    ),
    "statsmodels": ({},),
    "tensorflow": ({"model_type": "keras"},),
    "xgboost": ({"model_class": "xgboost.core.Booster"}, {"model_class": "posix.mkdir"}),
}


def pickled(marker: Path) -> bytes:
    """A pickle that calls ``os.mkdir``; joblib and the older torch read the same."""
    return f"cposix\nmkdir\n(S'{marker}'\ntR.".encode()


def code(marker: Path) -> str:
    """A module that does the same when it is imported."""
    return f"import os\nos.mkdir({str(marker)!r})\ndef _load_pyfunc(path): return print\n"


def describe(folder: Path, flavors: dict[str, Any], **others: Any) -> None:
    """Write ``MLmodel``."""
    (folder / "MLmodel").write_text(yaml.safe_dump({"flavors": flavors, **others}))


def naming(file: str, flavor: str, **settings: Any) -> dict[str, Any]:
    """Flavors that name one file under every key."""
    named = dict.fromkeys(FILE_KEYS, file)
    function = {"loader_module": f"mlflow.{flavor}", **named}
    return {flavor: {**named, **settings}, "python_function": function}


def a_pickle(folder: Path, marker: Path, flavor: str, **settings: Any) -> None:
    """In the file of a flavor, and wherever a flavor looks in a folder."""
    for name in ("model.pkl", "data/model.pth", "data/pickle_module_info.txt", "data/model.keras"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(pickled(marker))
    describe(
        folder,
        naming("data" if flavor in {"pytorch", "keras"} else "model.pkl", flavor, **settings),
    )


def a_python_model(folder: Path, marker: Path) -> None:
    """The pickle of a ``PythonModel``."""
    (folder / "python_model.pkl").write_bytes(pickled(marker))
    settings = {"loader_module": "mlflow.pyfunc.model", "python_model": "python_model.pkl"}
    describe(folder, {"python_function": settings})


def a_model_from_code(folder: Path, marker: Path) -> None:
    """A file that is executed to make the model."""
    (folder / "evil.py").write_text(code(marker))
    settings = {"loader_module": "mlflow.pyfunc.model", "model_code_path": "evil.py"}
    describe(folder, {"python_function": settings})


def a_loader(folder: Path, marker: Path, module: str, where: str = "code") -> None:
    """A module that is imported to load the model."""
    (folder / where).mkdir()
    (folder / where / f"{module}.py").write_text(code(marker))
    describe(folder, {"python_function": {"loader_module": module, "code": where}})


def code_beside_data(folder: Path, marker: Path) -> None:
    """Bundled modules called like those that a harmless model needs."""
    a_booster(folder, marker)
    for module in ("xgboost", "sitecustomize", "numpy", "pandas", "evil"):
        (folder / "code" / module).mkdir(parents=True)
        (folder / "code" / module / "__init__.py").write_text(code(marker))
    described = yaml.safe_load((folder / "MLmodel").read_text())
    described["flavors"]["xgboost"]["code"] = "code"
    describe(folder, described["flavors"])


def a_path(folder: Path, marker: Path, path: str) -> None:
    """A pickle that lies outside."""
    for place in (folder.parent / "outside.pkl", folder.parent.parent / "outside.pkl"):
        place.write_bytes(pickled(marker))
    describe(folder, naming(path.format(outside=folder.parent), "sklearn", code=path))


def an_artifact_outside(folder: Path, marker: Path) -> None:
    """Files of a ``PythonModel``, its configuration and its example."""
    a_python_model(folder, marker)
    settings = {
        "loader_module": "mlflow.pyfunc.model",
        "python_model": "python_model.pkl",
        "artifacts": {"a": {"path": "../../outside.pkl", "uri": "x"}},
        "config": "../../outside.yaml",
    }
    example = {"artifact_path": "/etc/hostname", "type": "json_object"}
    describe(folder, {"python_function": settings}, saved_input_example_info=example)


def a_link(folder: Path, marker: Path, target: str) -> None:
    """To a pickle, or to a folder, outside."""
    (folder.parent / "outside.pkl").write_bytes(pickled(marker))
    (folder / "model.pkl").symlink_to(target)
    describe(folder, naming("model.pkl", "sklearn"))


def a_description(folder: Path, marker: Path, text: str) -> None:
    """``MLmodel`` itself."""
    (folder / "MLmodel").write_text(text.replace("MARKER", str(marker)))


def a_booster(folder: Path, marker: Path, damage: Callable[[bytes], bytes] = bytes) -> None:
    """A model of XGBoost, sound or damaged."""
    import xgboost

    del marker
    data = xgboost.DMatrix(np.arange(8.0).reshape(4, 2), [0, 1, 0, 1])
    content = bytes(xgboost.train({"max_depth": 1, "nthread": 1}, data, 1).save_raw("json"))
    (folder / "model.json").write_bytes(damage(content))
    describe(folder, naming("model.json", "xgboost", model_class="xgboost.core.Booster"))


def an_odd_setting(folder: Path, marker: Path, **settings: Any) -> None:
    """A value of a kind that MLflow never writes."""
    a_booster(folder, marker)
    described = yaml.safe_load((folder / "MLmodel").read_text())
    described["flavors"]["xgboost"] |= settings
    describe(folder, described["flavors"])


def a_file_of_skops(folder: Path, marker: Path, loader: str, **settings: Any) -> None:
    """Whose description calls a function."""
    made = {"__class__": "mkdir", "__module__": "posix", "__loader__": loader, "__id__": 1}
    words = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "__id__": 3}
    args = {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode", "__id__": 2}
    args["content"] = [{**words, "content": json.dumps(str(marker)), "is_json": True}]  # type: ignore[assignment]
    call = {"func": made, "obj": made, "attrs": args, "args": args, "kwds": args, "namespace": args}
    schema = {**made, "content": call, "attrs": args, "protocol": 2, "_skops_version": "0.16.0"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
    (folder / "model.skops").write_bytes(buffer.getvalue())
    describe(folder, naming("model.skops", "sklearn", serialization_format="skops", **settings))


def an_array_of_objects(folder: Path, marker: Path) -> None:
    """NumPy's format with a pickle in it."""
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(1, dtype=object), allow_pickle=True)
    header = buffer.getvalue()[:128]
    (folder / "model.npy").write_bytes(header + pickled(marker))
    describe(folder, naming("model.npy", "sklearn", serialization_format="pickle"))


_ALIASES = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)

#: Everything, by name.
CASES: dict[str, Case] = {
    **{
        f"pickle {flavor} {number}": partial(a_pickle, flavor=flavor, **settings)
        for flavor, ways in PICKLED.items()
        for number, settings in enumerate(ways)
    },
    "python model": a_python_model,
    "model from code": a_model_from_code,
    "loader": partial(a_loader, module="evil"),
    "loader elsewhere": partial(a_loader, module="evil", where="src"),
    "loader like MLflow's": partial(a_loader, module="mlflow.evil"),
    "loader of the standard library": partial(a_loader, module="antigravity"),
    "code beside data": code_beside_data,
    **{
        f"path {path}": partial(a_path, path=path)
        for path in (
            "../outside.pkl",
            "../../outside.pkl",
            "{outside}/outside.pkl",
            "x/../../outside.pkl",
            "file://{outside}/outside.pkl",
            "..\\outside.pkl",
            "",
            ".",
        )
    },
    "artifact outside": an_artifact_outside,
    **{
        f"link {target}": partial(a_link, target=target)
        for target in ("../outside.pkl", "..", "/etc/hostname", "/dev/zero", "model.pkl")
    },
    "YAML calls": partial(a_description, text='flavors: !!python/object/apply:os.mkdir ["MARKER"]'),
    "YAML aliases": partial(a_description, text=_ALIASES + "flavors: {sklearn: {a: *a11}}\n"),
    "YAML deep": partial(a_description, text="flavors: " + "[" * 100_000),
    "YAML no mapping": partial(a_description, text="- flavors"),
    "YAML nothing": partial(a_description, text=""),
    "YAML keys": partial(a_description, text="flavors: {1: {}, sklearn: [model.pkl]}"),
    **{
        f"odd {name} {value}": partial(an_odd_setting, **{name: value})
        for name in ("code", "data", "model_class")
        for value in (["x"], {"x": "y"}, 3)
    },
    "native cut": partial(a_booster, damage=lambda content: content[:900]),
    "native deep": partial(a_booster, damage=lambda _: b'{"":' * 3_000_000),
    **{
        f"skops {loader} {len(settings)}": partial(a_file_of_skops, loader=loader, **settings)
        for loader in (
            "FunctionNode",
            "PartialNode",
            "OperatorFuncNode",
            "MethodNode",
            "ReduceNode",
        )
        for settings in ({}, {"skops_trusted_types": ["posix.mkdir", "builtins.tuple"]})
    },
    "array of objects": an_array_of_objects,
}


def fill(folder: Path, marker: Path) -> list[str]:
    """Write the corpus below ``folder``, a case in each folder, and one to be trusted.

    Returns:
        The names of the cases, in the order of their folders.
    """
    for number, (name, case) in enumerate(CASES.items()):
        place = folder / f"{number}" / "model"
        place.mkdir(parents=True)
        case(place, marker / name.replace("/", "_"))
    control = folder / "control" / "model"
    control.mkdir(parents=True)
    a_pickle(control, marker / "control", "sklearn")
    marker.mkdir()
    return list(CASES)
