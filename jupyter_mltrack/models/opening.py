"""Opening a model: find its folder, read its description, ask the gate. Everything loads so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.code_paths import put_on_path
from jupyter_mltrack.models.dangers import FUNCTION, code_folders
from jupyter_mltrack.models.flavor import Settings
from jupyter_mltrack.models.locating import located
from jupyter_mltrack.models.model import Model
from jupyter_mltrack.models.trust import admit


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedModel:
    """A model that may be loaded: the gate has let it in.

    Attributes:
        uri: As the user gave it.
        folder: Where it is on this machine.
        model: What ``MLmodel`` says.
    """

    uri: str
    folder: Path
    model: Model

    def settings(self, name: str) -> Settings:
        """What ``MLmodel`` says under the name of a flavor, for `Flavor.read`.

        Raises:
            InvalidParameterValue: if the model has no such flavor; the message names those it has.
        """
        flavors = self.model.flavors
        if name not in flavors:
            msg = (
                f"The model {self.uri} has no flavor {name!r}; it has {', '.join(sorted(flavors))}."
                " Load it with the load_model() of one of these, or with pyfunc's."
            )
            raise InvalidParameterValue(msg)
        found: Settings = flavors[name]
        return found

    def function_settings(self, name: str) -> Settings:
        """`settings` over what it says under ``python_function``, for `Flavor.predictor`."""
        return {**self.model.flavors.get(FUNCTION, {}), **self.settings(name)}


def open_model(uri: str | Path, dst_path: str | Path | None = None) -> OpenedModel:
    """The model at a URI, let in by the gate, with its bundled code on ``sys.path``.

    Args:
        uri: ``runs:/<id>/<path>``, ``models:/m-<id>``, ``models:/<name>/<version>``, a path,
            ``file:``, or what fsspec knows.
        dst_path: A folder to bring its files to; None leaves local ones where they are.

    Raises:
        ResourceDoesNotExist: if there is no model.
        ModelNotTrusted: if loading it would run what this user neither logged nor trusted.
    """
    folder = located(uri, dst_path)
    model = Model.load(folder)
    admit(str(uri), folder, model)
    for code in code_folders(folder, model).values():
        if code.is_dir():
            put_on_path(code)
    return OpenedModel(uri=str(uri), folder=folder, model=model)
