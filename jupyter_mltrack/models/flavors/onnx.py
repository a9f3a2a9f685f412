"""ONNX: graphs of operators, run by ONNX Runtime.

Layout and settings are those of MLflow's ``mlflow/onnx``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.flavor import Flavor, Predictor, Settings, Written
from jupyter_mltrack.models.flavors import onnx_session
from jupyter_mltrack.models.verbs import default_environment, verbs

_FILE = "model.onnx"


class Onnx(Flavor):
    """Models of ONNX: ``onnx.ModelProto``, whichever library made them."""

    name = "onnx"
    argument = "onnx_model"
    packages = ("onnx", "onnxruntime")
    options: ClassVar[dict[str, Any]] = {
        "onnx_execution_providers": None,
        "onnx_session_options": None,
        "save_as_external_data": True,
        "all_tensors_to_one_file": True,
        "size_threshold": 1024,
    }

    def write(
        self,
        model: Any,
        folder: Path,
        *,
        onnx_execution_providers: Sequence[Any] | None = None,
        onnx_session_options: Settings | None = None,
        save_as_external_data: bool = True,
        all_tensors_to_one_file: bool = True,
        size_threshold: int = 1024,
    ) -> Written:
        """Write ``model.onnx``, and if there are large tensors, a file with them beside it.

        Args:
            model: A ``ModelProto``. A copy is written, as onnx empties what it splits.
            folder: Where to.
            onnx_execution_providers: Names, or pairs of a name and a dict of options; None is a
                GPU, and the processor if there is none.
            onnx_session_options: See `onnx_session`.
            save_as_external_data: Whether tensors go to a file of their own.
            all_tensors_to_one_file: Whether they share one.
            size_threshold: From how many bytes on they go there.

        Raises:
            InvalidParameterValue: if it is no such model, or not a valid one, or there is no such
                option.
        """
        import onnx

        if not isinstance(model, onnx.ModelProto):
            msg = f"onnx_model is an onnx.ModelProto, not {type(model).__name__!r}."
            raise InvalidParameterValue(msg)
        providers = onnx_execution_providers or onnx_session.PROVIDERS
        settings = {
            "data": _FILE,
            "onnx_session_options": onnx_session.checked(onnx_session_options),
            "onnx_version": onnx.__version__,
            "providers": [each if isinstance(each, str) else list(each) for each in providers],
        }
        copied = onnx.ModelProto()
        copied.CopyFrom(model)
        onnx.save_model(
            copied,
            str(folder / _FILE),
            save_as_external_data=save_as_external_data,
            all_tensors_to_one_file=all_tensors_to_one_file,
            location=f"{_FILE}.data" if all_tensors_to_one_file else None,
            size_threshold=size_threshold,
        )
        _check(folder / _FILE)
        return Written(settings=settings, pyfunc={"data": _FILE})

    def read(self, folder: Path, settings: Settings) -> Any:
        """The ``ModelProto``, with all its tensors.

        Raises:
            InvalidParameterValue: if it is not valid.
        """
        import onnx

        file = contained(folder, settings.get("data", ""))
        _check(file)
        return onnx.load(str(file))

    def predictor(self, model: Any, settings: Settings) -> Predictor:
        """The graph in a session of ONNX Runtime."""
        return Feed(onnx_session.opened(model, settings))

    def is_safe(self, folder: Path, settings: Settings) -> bool:
        """A graph holds no code; a session could be told to load some."""
        del folder
        return onnx_session.is_plain(settings)

    def examine(self, model: Any, settings: Settings) -> None:
        """Let ONNX Runtime prepare the graph."""
        onnx_session.opened(model, settings)


@dataclass(frozen=True, slots=True)
class Feed:
    """A session as a function of tables, arrays and dicts of arrays.

    Args:
        session: An ``onnxruntime.InferenceSession``.
    """

    session: Any

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """What the graph puts out.

        Args:
            data: A dict of arrays by the names of the graph's inputs; a DataFrame with a column for
                each input, or whose values are the only one; or an array for the only one. Doubles
                become floats where the graph takes floats.
            params: They mean nothing here.

        Returns:
            A DataFrame with a column for each output, if the data was one; else a dict of arrays
            by the names of the outputs.

        Raises:
            InvalidParameterValue: if the data does not fit the inputs.
        """
        import numpy as np
        import pandas as pd

        del params
        names = [each.name for each in self.session.get_outputs()]
        found = dict(zip(names, self.session.run(names, self._inputs(data)), strict=True))
        if not isinstance(data, pd.DataFrame):
            return found
        return pd.DataFrame({name: np.asarray(each).reshape(-1) for name, each in found.items()})

    def _inputs(self, data: Any) -> dict[str, Any]:
        import numpy as np

        fed = self._named(data)
        types = {each.name: each.type for each in self.session.get_inputs()}
        return {
            name: np.asarray(each, np.float32) if _is_too_wide(each, types.get(name)) else each
            for name, each in fed.items()
        }

    def _named(self, data: Any) -> dict[str, Any]:
        """The data by the names of the inputs."""
        import numpy as np
        import pandas as pd

        names = [each.name for each in self.session.get_inputs()]
        if isinstance(data, dict):
            return data
        if isinstance(data, np.ndarray) and len(names) == 1:
            return {names[0]: data}
        if isinstance(data, pd.DataFrame) and len(names) == 1:
            return {names[0]: data.to_numpy()}
        if isinstance(data, pd.DataFrame) and set(names) <= set(data.columns):
            return {name: data[name].to_numpy() for name in names}
        msg = (
            f"This model of ONNX has the inputs {names}. Give a dict of arrays or a DataFrame with"
            f" these names{', or an array' if len(names) == 1 else ''}, not"
            f" {type(data).__name__!r}."
        )
        raise InvalidParameterValue(msg)


def _check(file: Path) -> None:
    import onnx

    try:
        onnx.checker.check_model(str(file))
    except onnx.checker.ValidationError as error:
        msg = f"The model of ONNX is not valid: {error}."
        raise InvalidParameterValue(msg) from error


def _is_too_wide(values: Any, type: str | None) -> bool:
    """Whether an array of doubles goes where the graph takes floats."""
    return type == "tensor(float)" and str(getattr(values, "dtype", "")) == "float64"


FLAVOR = Onnx()

save_model, log_model, load_model = verbs(FLAVOR)
get_default_pip_requirements, get_default_conda_env = default_environment(FLAVOR)
