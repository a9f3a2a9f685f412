"""The process that does one job for one contender.

::

    python -m tests.benchmarks.job CONTENDER MODULE:FUNCTION FOLDER [OPTION ...]

Options are JSON. What the function returns is printed as a line of JSON; what it yields, as a line
each, at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path


def main(contender: str, job: str, folder: str, *options: str) -> None:
    """Do the job. What the tools print themselves goes to stderr, out of the answer's way."""
    out = os.dup(1)
    os.dup2(2, 1)
    module, _, name = job.partition(":")
    function = getattr(import_module(module), name)
    tool = import_module(f"tests.benchmarks.contenders.{contender}")
    answer = function(tool, Path(folder), *map(json.loads, options))
    for line in answer if isinstance(answer, Iterator) else [answer]:
        os.write(out, json.dumps(line).encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
