"""The options of ``%%track``: one table for parsing, for ``%%track?`` and for completion."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from IPython.core.error import UsageError
from IPython.core.magic_arguments import argument, magic_arguments

if TYPE_CHECKING:
    from argparse import Namespace


@magic_arguments()
@argument("name", nargs="*", help="Name of the run; default is a readable random one.")
@argument("-e", "--experiment", help="Experiment, by name; made if it does not exist.")
@argument("-p", "--param", action="append", default=[], metavar="KEY=VALUE", help="Log a param.")
@argument(
    "-m",
    "--metrics",
    default="",
    metavar="A,B",
    help="Names that hold the metrics after the cell: numbers, or dicts of numbers.",
)
@argument("-t", "--tag", action="append", default=[], metavar="KEY=VALUE", help="Set a tag.")
@argument("-d", "--description", help="What the run is about.")
@argument("-n", "--nested", action="store_true", help="Make it a child of the active run.")
@argument("--autolog", action="store_true", help="Log trainings in this cell by themselves.")
@argument("--system-metrics", action="store_true", help="Sample CPU, memory, disk and network.")
@argument(
    "--no-params",
    action="store_true",
    help="Do not take names bound to literals at the top of the cell as params.",
)
@argument(
    "--no-result",
    action="store_true",
    help="Do not take the last expression (a number, or the numbers in a dict) as metrics.",
)
@argument("--no-source", action="store_true", help="Do not keep the cell's source as artifact.")
@argument("--no-stdout", action="store_true", help="Do not keep the end of what is printed.")
@argument("--no-figures", action="store_true", help="Do not keep the figures that are shown.")
@argument("--no-card", action="store_true", help="Show no card below the cell.")
def track(self: object, line: str, cell: str | None = None) -> None:
    """Track this cell as a run.

    The run begins before the first line and ends with the cell: FINISHED, FAILED after an
    exception (which is raised as without tracking), KILLED after an interrupt. It keeps the
    cell's source, the figures shown, the end of the printed output and the traceback. Names
    bound to literals at the top level (``alpha = 0.5``) become params; names given with
    ``--metrics``, and a last expression that is a number or a dict with numbers, become metrics.
    ``log_metric`` and all the rest work inside, and ``start_run()`` starts a child.
    """


#: All options, for completion.
FLAGS = sorted(set(re.findall(r"--[a-z-]+", track.parser.format_help())))


def parse(line: str) -> Namespace:
    """The options of a ``%%track`` line.

    Raises:
        UsageError: with what is wrong with them.
    """
    try:
        options: Namespace = track.parser.parse_args(_words(line))
    except (UsageError, ValueError) as error:
        msg = f"%%track: {error}. See %%track?"
        raise UsageError(msg) from None
    options.name = " ".join(options.name) or None
    options.param = _pairs("--param", options.param)
    options.tag = _pairs("--tag", options.tag)
    options.metrics = [name.strip() for name in options.metrics.split(",") if name.strip()]
    return options


def _words(line: str) -> list[str]:
    """The words of a line; quotes hold words together, anything else is taken as it is."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    return list(lexer)


def _pairs(flag: str, given: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for item in given:
        key, equals, value = item.partition("=")
        if not equals or not key:
            msg = f"%%track: {flag} takes KEY=VALUE, not {item!r}."
            raise UsageError(msg)
        pairs[key.strip()] = value
    return pairs
