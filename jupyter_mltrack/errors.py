"""Every error jupyter_mltrack raises on purpose.

    MltrackException (MlflowException)   the root, under MLflow's name too
    ├── InvalidParameterValue            also ValueError: the caller passed something unusable
    │   ├── FilterSyntaxError            a search string that does not parse, with a caret
    │   └── UnsafePath                   a path that would leave the folder it belongs to
    ├── ResourceDoesNotExist             also LookupError: no such run, experiment, tag, file
    ├── ResourceAlreadyExists            the name is taken
    ├── InvalidState                     the thing exists, but not in a state that allows this
    │   ├── GatesFailed                  a version that its stage's gates do not let in
    │   └── RunAlreadyActive             start_run() while another run is open
    ├── NotAllowed                       the store's rules leave this to somebody else
    ├── ModelNotTrusted                  loading this model would run what nobody here vouched for
    └── StoreError                       trouble with the store on disk
        ├── StoreBusy                    another program holds the lock or the database file
        ├── StoreTooNew                  written by a newer release; nothing was touched
        ├── NotAStore                    a DuckDB file that is not ours
        ├── ArtifactChanged              a file that is not what the run logged
        ├── RegisteredFilesChanged       a version whose files are not those that were registered
        └── ModelDamaged                 a model whose files its library cannot read

The class says the situation; ``error_code`` carries MLflow's name for it, so code that was
written against MLflow can compare codes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

#: MLflow's numeric error codes (``mlflow.protos.databricks_pb2``), by name.
ERROR_CODES: dict[str, int] = {
    "INTERNAL_ERROR": 1,
    "TEMPORARILY_UNAVAILABLE": 2,
    "BAD_REQUEST": 4,
    "ALREADY_EXISTS": 12,
    "INVALID_PARAMETER_VALUE": 1000,
    "INVALID_STATE": 1003,
    "PERMISSION_DENIED": 1004,
    "RESOURCE_CONFLICT": 1008,
    "NOT_IMPLEMENTED": 1010,
    "DATA_LOSS": 1011,
    "RESOURCE_ALREADY_EXISTS": 3001,
    "RESOURCE_DOES_NOT_EXIST": 3002,
}
_HTTP = {
    "TEMPORARILY_UNAVAILABLE": 503,
    "BAD_REQUEST": 400,
    "ALREADY_EXISTS": 409,
    "INVALID_PARAMETER_VALUE": 400,
    "PERMISSION_DENIED": 403,
    "RESOURCE_CONFLICT": 409,
    "NOT_IMPLEMENTED": 501,
    "RESOURCE_ALREADY_EXISTS": 400,
    "RESOURCE_DOES_NOT_EXIST": 404,
}
_NAMES = {number: name for name, number in ERROR_CODES.items()}


class MltrackException(Exception):
    """The root of all errors here; ``MlflowException`` is the same class.

    Args:
        message: What happened and what to do next.
        error_code: MLflow's code, as its name or its number; None takes the class's own.
        **json_kwargs: Further fields, kept in ``json_kwargs`` as MLflow does.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"

    def __init__(
        self, message: object, error_code: int | str | None = None, **json_kwargs: Any
    ) -> None:
        super().__init__(str(message))
        self.message = str(message)
        if isinstance(error_code, int):
            error_code = _NAMES.get(error_code, "INTERNAL_ERROR")
        self.error_code: str = error_code or self.code
        self.json_kwargs = json_kwargs

    def get_http_status_code(self) -> int:
        """The HTTP status that stands for ``error_code``, as MLflow maps them."""
        return _HTTP.get(self.error_code, 500)

    def serialize_as_json(self) -> str:
        """The error as MLflow's server would send it."""
        fields = {"error_code": self.error_code, "message": self.message, **self.json_kwargs}
        return json.dumps(fields)

    @classmethod
    def invalid_parameter_value(cls, message: str, **json_kwargs: Any) -> MltrackException:
        """An error with code INVALID_PARAMETER_VALUE, as MLflow's class method of this name."""
        return InvalidParameterValue(message, **json_kwargs)


MlflowException = MltrackException


class InvalidParameterValue(MltrackException, ValueError):
    """The caller passed something that cannot be used; nothing was written."""

    code = "INVALID_PARAMETER_VALUE"


class FilterSyntaxError(InvalidParameterValue):
    """A search string that does not parse.

    Args:
        reason: What is wrong, in one sentence.
        text: The whole search string.
        position: Index into ``text`` at which the trouble begins.
        unknown: The name that is none of the language, if that is the trouble.
    """

    def __init__(self, reason: str, text: str, position: int, unknown: str | None = None) -> None:
        line = text.replace("\n", " ").replace("\t", " ")
        super().__init__(f"{reason}\n  {line}\n  {' ' * position}^")
        self.reason = reason
        self.text = text
        self.position = position
        self.unknown = unknown


class UnsafePath(InvalidParameterValue):
    """A path that would reach outside the folder it belongs to."""


class ResourceDoesNotExist(MltrackException, LookupError):
    """No run, experiment, tag or file of that name."""

    code = "RESOURCE_DOES_NOT_EXIST"


class ResourceAlreadyExists(MltrackException):
    """The name is taken."""

    code = "RESOURCE_ALREADY_EXISTS"


class InvalidState(MltrackException):
    """The thing exists, but is not in a state that allows what was asked."""

    code = "INVALID_STATE"


class RunAlreadyActive(InvalidState):
    """``start_run()`` was called while another run is open."""


class Answer(Protocol):
    """What a gate of a stage says of a version; see `registry.gates.GateResult`."""

    @property
    def passed(self) -> bool:
        """Whether it may pass."""
        ...

    @property
    def said(self) -> str:
        """Why."""
        ...


class GatesFailed(InvalidState):
    """Gates of a stage do not let a version in; nothing was moved.

    Args:
        name: The registered model.
        version: Its number.
        stage: The stage that it was to come into.
        results: What each gate says, a `GateResult`.
    """

    def __init__(self, name: str, version: int, stage: str, results: Sequence[Answer]) -> None:
        listed = "".join(f"\n  {'✔' if one.passed else '✘'} {one.said}" for one in results)
        super().__init__(
            f"Version {version} of {name!r} does not pass the gates of {stage}:{listed}\nMend what"
            " has a ✘. To move it nevertheless, say why: override='…' beside the other arguments;"
            " the trail keeps it."
        )
        self.results = list(results)


class NotAllowed(MltrackException):
    """The rules of the store leave this to somebody else; nothing was changed."""

    code = "PERMISSION_DENIED"


class ModelNotTrusted(MltrackException):
    """Loading this model would run code that this user neither logged nor trusted.

    Args:
        uri: The model, as the user gave it.
        reasons: What would run, each in a few words.
    """

    code = "PERMISSION_DENIED"

    def __init__(self, uri: str, reasons: tuple[str, ...]) -> None:
        listed = "".join(f"\n  - {reason}" for reason in reasons)
        super().__init__(
            f"The model {uri} is not one that you logged on this machine, or it was changed since,"
            f" and loading it runs whatever its files say:{listed}\nNothing of it was run. If you"
            f" trust who made it, call trust({uri!r}) and load it again; that holds for these very"
            " files and no others."
        )
        self.uri = uri
        self.reasons = reasons


class StoreError(MltrackException):
    """The store on disk cannot do what was asked."""


class StoreBusy(StoreError):
    """Another program holds the lock or the database file."""

    code = "TEMPORARILY_UNAVAILABLE"


class StoreTooNew(StoreError):
    """The store was written by a newer release; nothing was read or written."""


class NotAStore(StoreError):
    """A DuckDB file that holds something else than a tracking store."""


class ArtifactChanged(StoreError):
    """A file of a run is not the one that was logged: it was changed or damaged since.

    Args:
        path: Relative to the run's artifact folder.
        place: Where it is stored.
        expected: The SHA-256 that was noted when it was logged, in hexadecimal.
        found: That of the file.
    """

    code = "DATA_LOSS"

    def __init__(self, path: str, place: str, expected: str, found: str) -> None:
        super().__init__(
            f"The artifact {path!r} was changed after it was logged: its SHA-256 was"
            f" {expected[:12]}… and is {found[:12]}…. Do not rely on it: log the right file again,"
            f" or put it back from a backup. If you trust it as it is, open it yourself: {place}"
        )
        self.path = path
        self.expected = expected
        self.found = found


class RegisteredFilesChanged(StoreError):
    """The files of a version are not those that were registered: changed, added or lost.

    Args:
        name: The registered model.
        version: Its number.
        place: Where the files are.
        expected: The SHA-256 of their list when they were registered, in hexadecimal.
        found: That of what is there.
    """

    code = "DATA_LOSS"

    def __init__(self, name: str, version: int, place: str, expected: str, found: str) -> None:
        super().__init__(
            f"The files of version {version} of {name!r} are not those that were registered: their"
            f" SHA-256 was {expected[:12]}… and is {found[:12]}…. Put the right files back from a"
            " backup, or, if those that are there now are the right ones, register them as another"
            f" version: {place}"
        )
        self.expected = expected
        self.found = found


class ModelDamaged(StoreError):
    """The files of a model cannot be read by the library they are for."""

    code = "DATA_LOSS"
