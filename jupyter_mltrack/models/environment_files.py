"""The files of a model's folder that say what to install: for pip, for conda, for virtualenv.

``requirements.txt`` and ``constraints.txt`` are pip's, ``conda.yaml`` is conda's, and
``python_env.yaml`` is MLflow's own. Their content is that of MLflow's
``mlflow/utils/environment.py``.
"""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.models.installed import installed_version
from jupyter_mltrack.models.requirement_lines import combined, names_package, read_lines
from jupyter_mltrack.models.requirements import MLFLOW_REQUIREMENT
from jupyter_mltrack.models.whole_file import write_whole

CONDA_FILE = "conda.yaml"
PYTHON_ENV_FILE = "python_env.yaml"
REQUIREMENTS_FILE = "requirements.txt"
CONSTRAINTS_FILE = "constraints.txt"

_MLFLOW = frozenset({"mlflow", "mlflow-skinny", "mlflow-tracing"})
_BUILD_TOOLS = ("pip", "setuptools", "wheel")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEnvironment:
    """What to install to load a model.

    Attributes:
        requirements: The lines of ``requirements.txt``.
        constraints: The lines of ``constraints.txt``; without any there is no such file.
        conda_env: The content of ``conda.yaml``.
    """

    requirements: tuple[str, ...]
    constraints: tuple[str, ...]
    conda_env: Mapping[str, Any]

    def write(self, folder: Path) -> None:
        """Write the files into a model's folder, each whole."""
        texts = {
            CONDA_FILE: _yaml(dict(self.conda_env)),
            PYTHON_ENV_FILE: _yaml(python_env(), sort_keys=False),
            REQUIREMENTS_FILE: "\n".join(self.requirements),
        }
        if self.constraints:
            texts[CONSTRAINTS_FILE] = "\n".join(self.constraints)
        for name, text in texts.items():
            write_whole(folder / name, text)


def model_environment(
    inferred: Sequence[str],
    *,
    conda_env: object = None,
    pip_requirements: object = None,
    extra_pip_requirements: object = None,
) -> ModelEnvironment:
    """What was found to be needed, or what the user says instead or in addition.

    Args:
        inferred: From `inferred_requirements`.
        conda_env: A whole conda environment: its dict, or the path of its file.
        pip_requirements: Lines, or the path of a file, that replace what was found.
        extra_pip_requirements: The same, added to what was found.

    Raises:
        InvalidParameterValue: if more than one of the three is given, or one cannot be read.
    """
    given = {
        "conda_env": conda_env,
        "pip_requirements": pip_requirements,
        "extra_pip_requirements": extra_pip_requirements,
    }
    chosen = [name for name, value in given.items() if value is not None]
    if len(chosen) > 1:
        msg = f"Only one of {', '.join(given)} can be given, not {' and '.join(chosen)}."
        raise InvalidParameterValue(msg)
    if conda_env is not None:
        return _from_conda(_conda_dict(conda_env))
    if pip_requirements is not None:
        lines = read_lines(pip_requirements)
        wanted = [*lines.requirements]
    else:
        lines = read_lines([] if extra_pip_requirements is None else extra_pip_requirements)
        wanted = [line for line in inferred if not _names_mlflow(line)]
        wanted += lines.requirements
    requirements = _complete(combined(wanted), lines.constraints)
    return ModelEnvironment(
        requirements=requirements,
        constraints=lines.constraints,
        conda_env=_conda_of(requirements),
    )


def python_env() -> dict[str, Any]:
    """The content of ``python_env.yaml`` for the Python that runs."""
    versions = {name: installed_version(name) for name in _BUILD_TOOLS}
    return {
        "python": platform.python_version(),
        "build_dependencies": [
            f"{name}=={version}" if version else name for name, version in versions.items()
        ],
        "dependencies": [f"-r {REQUIREMENTS_FILE}"],
    }


def model_dependencies(folder: Path, format: Literal["pip", "conda"] = "pip") -> Path:
    """The file that says what to install to load the model in ``folder``.

    Args:
        folder: The model's folder.
        format: ``pip`` for a ``requirements.txt``, made from ``conda.yaml`` if an old model has
            none; ``conda`` for ``conda.yaml``.

    Raises:
        ResourceDoesNotExist: if the folder has no such file.
        InvalidParameterValue: if the format is another, or ``conda.yaml`` cannot be read.
    """
    if format not in {"pip", "conda"}:
        msg = f"The format is 'pip' or 'conda', not {format!r}."
        raise InvalidParameterValue(msg)
    requirements, conda = folder / REQUIREMENTS_FILE, folder / CONDA_FILE
    if format == "pip" and requirements.is_file():
        return requirements
    if not conda.is_file():
        msg = f"The model in {folder} does not say what it needs: it has no {CONDA_FILE}."
        raise ResourceDoesNotExist(msg)
    if format == "conda":
        return conda
    made = Path(tempfile.mkdtemp(prefix="mltrack-")) / REQUIREMENTS_FILE
    write_whole(made, "\n".join(_pip_lines(_conda_dict(conda))))
    return made


def _complete(requirements: Sequence[str], constraints: Sequence[str]) -> tuple[str, ...]:
    """The requirements with MLflow, and with the file of constraints if there will be one."""
    return (
        *(() if any(map(_names_mlflow, requirements)) else (MLFLOW_REQUIREMENT,)),
        *requirements,
        *((f"-c {CONSTRAINTS_FILE}",) if constraints else ()),
    )


def _names_mlflow(line: str) -> bool:
    """Whether a line asks for MLflow, by name or by the path or URL of its source."""
    return names_package(line, _MLFLOW) or "/mlflow" in line


def _conda_of(requirements: Sequence[str]) -> dict[str, Any]:
    """A conda environment for the Python that runs."""
    pip = installed_version("pip")
    return {
        "name": "mlflow-env",
        "channels": ["conda-forge"],
        "dependencies": [
            f"python={platform.python_version()}",
            f"pip<={pip}" if pip else "pip",
            {"pip": list(requirements)},
        ],
    }


def _from_conda(conda_env: Mapping[str, Any]) -> ModelEnvironment:
    """The user's conda environment, its pip part completed where it is."""
    lines = read_lines(_pip_lines(conda_env))
    requirements = _complete(lines.requirements, lines.constraints)
    ours = {"pip": list(requirements)}
    parts = [ours if _is_pip_part(each) else each for each in conda_env["dependencies"]]
    return ModelEnvironment(
        requirements=requirements,
        constraints=lines.constraints,
        conda_env={**conda_env, "dependencies": parts if ours in parts else [*parts, ours]},
    )


def _conda_dict(given: object) -> Mapping[str, Any]:
    """A conda environment that was given as a dict or as the path of a file."""
    import yaml

    try:
        found = yaml.safe_load(Path(given).read_bytes()) if isinstance(given, str | Path) else given
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        msg = f"Cannot read the conda environment {given}: {error}."
        raise InvalidParameterValue(msg) from error
    if not isinstance(found, Mapping) or not isinstance(found.get("dependencies"), list):
        msg = (
            "A conda environment is a dict with a list of 'dependencies', or the path of a YAML"
            f" file with one; this is {str(found)[:80]!r}."
        )
        raise InvalidParameterValue(msg)
    return found


def _pip_lines(conda_env: Mapping[str, Any]) -> list[str]:
    """The lines of the pip part, if there is one."""
    parts = [each["pip"] for each in conda_env["dependencies"] if _is_pip_part(each)]
    if len(parts) > 1 or not all(isinstance(part, list) for part in parts):
        msg = "The pip part of a conda environment is one list of requirements."
        raise InvalidParameterValue(msg)
    return parts[0] if parts else []


def _is_pip_part(dependency: object) -> bool:
    return isinstance(dependency, Mapping) and "pip" in dependency


def _yaml(content: Mapping[str, Any], *, sort_keys: bool = True) -> str:
    import yaml

    try:
        return yaml.safe_dump(content, default_flow_style=False, sort_keys=sort_keys)
    except yaml.YAMLError as error:
        msg = f"A conda environment holds texts, lists and dicts only: {error}."
        raise InvalidParameterValue(msg) from error
