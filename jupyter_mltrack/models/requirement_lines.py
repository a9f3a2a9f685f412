"""Requirements that users give: lists of lines and pip's files, read and put together.

The format is pip's: https://pip.pypa.io/en/stable/reference/requirements-file-format/. Files named
by ``-r`` and ``-c`` are read, because they will not be where the model goes; every other option,
URL or path stays as it was written. Two lines for one package become one, as in MLflow's
``mlflow/utils/environment.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    Key = tuple[str, str]

_FILES = {"-r": False, "--requirement": False, "-c": True, "--constraint": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What the user asks for.

    Attributes:
        requirements: What to install.
        constraints: Which versions, if something else asks for the package.
    """

    requirements: tuple[str, ...]
    constraints: tuple[str, ...]


def read_lines(given: object) -> Lines:
    """The requirements in a list of lines, or in a file.

    Args:
        given: Lines, or the path of a file.

    Raises:
        InvalidParameterValue: if it is neither, or a file that it names cannot be read.
    """
    if isinstance(given, str | Path):
        found = list(_of_file(Path(given), constrains=False, outer=()))
    else:
        found = list(_of_lines(_list_of_lines(given), Path(), constrains=False, outer=()))
    return Lines(
        requirements=tuple(line for line, constrains in found if not constrains),
        constraints=tuple(line for line, constrains in found if constrains),
    )


def combined(lines: Iterable[str]) -> list[str]:
    """The lines with each package once, under the conditions of all of them.

    Example:
        >>> combined(["pandas", "pandas[excel]>=2", "pandas<4"])
        ['pandas[excel]<4,>=2']

    Raises:
        InvalidParameterValue: if no version can meet the conditions.
    """
    found: dict[str | Key, Requirement | str] = {}
    for line in lines:
        parsed = _parsed(line)
        if parsed is None:
            found[line] = line
            continue
        key = _key(parsed)
        before = found.get(key)
        found[key] = parsed if before is None or isinstance(before, str) else _both(before, parsed)
    return [str(each) for each in found.values()]


def names_package(line: str, names: Iterable[str]) -> bool:
    """Whether a line asks for one of these distributions, with options behind it or not."""
    parsed = _parsed(line.partition(" --")[0])
    return parsed is not None and _key(parsed)[0] in names


def _list_of_lines(given: object) -> list[str]:
    lines: list[Any] = list(given) if isinstance(given, Iterable) else [given]
    for line in lines:
        if not isinstance(line, str):
            msg = (
                "Requirements are a list of lines such as 'scikit-learn>=1.4', or the path of a"
                f" file; here is a {type(line).__name__}."
            )
            raise InvalidParameterValue(msg)
    return lines


def _of_file(file: Path, *, constrains: bool, outer: Sequence[Path]) -> Iterator[tuple[str, bool]]:
    """The lines of a file; ``outer`` are the files that led here."""
    place = file.resolve()
    if place in outer:
        msg = f"The requirements file {file} leads back to itself. Take out the -r or -c in it."
        raise InvalidParameterValue(msg)
    try:
        lines = place.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        msg = f"Cannot read the requirements file {file}: {error}."
        raise InvalidParameterValue(msg) from error
    yield from _of_lines(lines, place.parent, constrains=constrains, outer=(*outer, place))


def _of_lines(
    lines: Sequence[str], folder: Path, *, constrains: bool, outer: Sequence[Path]
) -> Iterator[tuple[str, bool]]:
    """Pairs of a line and whether it is a constraint, with the lines of the files they name."""
    for line in _whole(lines):
        option, _, name = line.replace("=", " ", 1).partition(" ")
        if option not in _FILES or "://" in name:
            yield line, constrains
        else:
            below = folder / name.strip().strip("'\"")
            yield from _of_file(below, constrains=constrains or _FILES[option], outer=outer)


def _whole(lines: Sequence[str]) -> Iterator[str]:
    """The lines without comments, blank ones and continuations."""
    begun = ""
    for line in [*lines, ""]:
        text = begun + line.strip()
        if text.endswith("\\"):
            begun = text[:-1]
            continue
        begun = ""
        if text and not text.startswith("#"):
            yield text.partition(" #")[0].rstrip()


def _parsed(line: str) -> Requirement | None:
    """A requirement by the name of a package; None for options, URLs and paths."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(line)
    except InvalidRequirement:
        return None


def _key(requirement: Requirement) -> Key:
    from packaging.utils import canonicalize_name

    return canonicalize_name(requirement.name), str(requirement.marker or "")


def _both(first: Requirement, second: Requirement) -> Requirement:
    """One requirement for two of a package."""
    from packaging.requirements import Requirement

    if first.url or second.url:
        if str(first) != str(second):
            raise _contradiction(first, second)
        return first
    both = Requirement(str(second))
    both.extras = first.extras | second.extras
    both.specifier = first.specifier & second.specifier
    pins = [each.version for each in both.specifier if each.operator in {"==", "==="}]
    for pin in pins:
        if not pin.endswith(".*") and not both.specifier.contains(pin, prereleases=True):
            raise _contradiction(first, second)
    return both


def _contradiction(first: Requirement, second: Requirement) -> InvalidParameterValue:
    return InvalidParameterValue(
        f"The requirements '{first}' and '{second}' contradict each other. Take one out, or give"
        " the whole list as pip_requirements, which replaces what was found."
    )
