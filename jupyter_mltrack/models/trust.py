"""The gate: which models may be loaded. Every file of a model that you did not log is a stranger's.

A model passes if this user signed its folder when logging or saving it, or called `trust` on
exactly these files, or if they are data alone and their library survives reading them in a process
of its own. Anything else is refused before a byte of it is unpickled or imported.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_mltrack import settings
from jupyter_mltrack.artifacts.contents import Contents
from jupyter_mltrack.errors import ModelNotTrusted, StoreError
from jupyter_mltrack.models import trial
from jupyter_mltrack.models.dangers import dangers
from jupyter_mltrack.models.locating import located
from jupyter_mltrack.models.model import Model
from jupyter_mltrack.models.signing import is_signed, private_folder
from jupyter_mltrack.models.whole_file import write_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """What `trust` noted.

    Attributes:
        uri: The model, as the user gave it.
        digest: SHA-256 of the list of its files, in hexadecimal.
        files: SHA-256 of each file by its path in the model's folder.
        runs: What runs when it is loaded, each in a few words; nothing if it is data alone.
    """

    uri: str
    digest: str
    files: Mapping[str, str]
    runs: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"trusted: {self.uri}", f"  digest {self.digest}, {len(self.files)} files"]
        return "\n".join([*lines, *(f"  runs when loaded: {each}" for each in self.runs)])


def admit(uri: str, folder: Path, model: Model) -> None:
    """Return if the model in ``folder`` may be loaded.

    Args:
        uri: The model, as the user gave it, for the message.
        folder: Where it is.
        model: What its ``MLmodel`` says.

    Raises:
        ModelNotTrusted: if loading it would run what this user neither logged nor trusted.
        ModelDamaged: if it is data that its library cannot read.
        UnsafePath: if a link or a path in it leads out of the folder.
    """
    contents = Contents.of(folder)
    if is_signed(folder, contents) or _note(contents.digest).is_file():
        return
    if found := dangers(folder, model):
        raise ModelNotTrusted(uri, found)
    trial.survives(folder, contents.digest)


def trust(uri: str | Path) -> Trusted:
    """Let this user load the model at ``uri`` from now on; nothing of it is run now.

    It holds for the files as they are: if one byte changes, it ends.

    Args:
        uri: ``runs:/<id>/<path>``, ``models:/…``, a path, or a URI that fsspec knows.

    Returns:
        What was trusted, and what runs when it is loaded.

    Raises:
        StoreError: if it cannot be noted in the user's data folder.

    Example:
        >>> mlflow.trust("runs:/4f0c…/model")
        >>> mlflow.pyfunc.load_model("runs:/4f0c…/model")
    """
    found = _described(uri)
    note = {"uri": found.uri, "files": dict(found.files), "runs": list(found.runs)}
    try:
        private_folder("trust")
        private_folder("trust/models")
    except OSError as error:
        msg = (
            f"What you trust cannot be noted in {settings.data_folder()}: {error.strerror or error}"
            ". Set MLTRACK_DATA_DIR to a folder that you alone can write."
        )
        raise StoreError(msg) from error
    write_whole(_note(found.digest), json.dumps(note, indent=1))
    return found


def distrust(uri: str | Path) -> None:
    """Take `trust` back; a model that this user logged stays theirs.

    Args:
        uri: The model, or the digest that `trust` returned.
    """
    is_digest = isinstance(uri, str) and len(uri) == 64 and set(uri) <= set("0123456789abcdef")  # noqa: PLR2004
    digest = str(uri) if is_digest else _described(uri).digest
    _note(digest).unlink(missing_ok=True)


def _described(uri: str | Path) -> Trusted:
    folder = located(uri)
    contents = Contents.of(folder)
    return Trusted(
        uri=str(uri),
        digest=contents.digest,
        files=contents.files,
        runs=dangers(folder, Model.load(folder)),
    )


def _note(digest: str) -> Path:
    """The file that is there if the model of this digest is trusted."""
    return settings.data_folder() / "trust" / "models" / f"{digest}.json"
