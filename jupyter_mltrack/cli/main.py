"""``mltrack COMMAND``: one function for each command, one table of them."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, cast

from jupyter_mltrack.cli import demo, models, registry, tables
from jupyter_mltrack.entities import ViewType
from jupyter_mltrack.errors import MltrackException, ResourceDoesNotExist
from jupyter_mltrack.settings import VERSION
from jupyter_mltrack.store import health
from jupyter_mltrack.tracking import fluent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mltrack.entities import Run

# As a shell counts them: 128 and the number of the signal.
_INTERRUPTED, _PIPE_CLOSED = 130, 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.store:
            fluent.set_tracking_uri(options.store)
        status = int(options.call(options) or 0)
        sys.stdout.flush()
    except MltrackException as error:
        print(f"mltrack: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mltrack", description="Experiment tracking for notebooks, without a server."
    )
    parser.add_argument("--version", action="version", version=f"jupyter-mltrack {VERSION}")
    parser.add_argument("--store", metavar="URI", help="the store; default is the nearest one")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    one = commands.add_parser("demo", help="make a demo folder, run the tour on real data, rank")
    one.add_argument("folder", nargs="?", default="mltrack-demo", help="where (mltrack-demo)")
    one.add_argument("--lab", action="store_true", help="open it in JupyterLab afterwards")
    one.set_defaults(call=lambda o: demo.run(o.folder, lab=o.lab))

    one = commands.add_parser("runs", help="list runs")
    one.add_argument("filter", nargs="?", default="", help='such as "metrics.rmse < 60"')
    one.add_argument("-e", "--experiment", help="one experiment; default is all")
    one.add_argument("-o", "--order-by", action="append", help='such as "metrics.rmse ASC"')
    one.add_argument("-n", "--max-results", type=int, default=20, help="at most so many (20)")
    one.add_argument("--json", action="store_true", help="one JSON object a line")
    one.set_defaults(call=_runs)

    one = commands.add_parser("experiments", help="list experiments")
    one.add_argument("--json", action="store_true", help="one JSON object a line")
    one.set_defaults(call=_experiments)

    one = commands.add_parser("doctor", help="look whether the store is well")
    one.set_defaults(call=_doctor)

    one = commands.add_parser("rebuild", help="make the database again from the journals")
    one.add_argument("--force", action="store_true", help="even if journals are missing")
    one.set_defaults(call=_rebuild)

    one = commands.add_parser("gc", help="remove deleted runs and their files for ever")
    one.add_argument("--older-than", help="only those deleted so long ago, such as 30d")
    one.add_argument("--run-ids", help="only these, with commas between")
    one.add_argument("--experiment-ids", help="only those of these experiments")
    one.add_argument("--logged-model-ids", help="only these models, with commas between")
    one.set_defaults(call=_gc)

    models.add_to(commands)
    registry.add_audit_to(commands)
    return parser


def _runs(options: argparse.Namespace) -> None:
    store = fluent.client().store
    if not store.exists():
        msg = f"Nothing is stored at {store.path}. Name another store: mltrack --store PATH runs"
        raise ResourceDoesNotExist(msg)
    name = options.experiment
    if name is not None and fluent.get_experiment_by_name(name) is None:
        msg = f"There is no experiment {name!r}. `mltrack experiments` lists those there are."
        raise ResourceDoesNotExist(msg)
    found = fluent.search_runs(
        experiment_names=[name] if name is not None else None,
        filter_string=options.filter,
        order_by=options.order_by,
        max_results=options.max_results,
        output_format="list",
        search_all_experiments=True,
    )
    runs = cast("list[Run]", found)
    if options.json:
        for run in runs:
            print(json.dumps(run.to_dictionary()))
    else:
        several = len({run.info.experiment_id for run in runs}) > 1
        known = fluent.search_experiments(ViewType.ALL) if several else []
        names = {one.experiment_id: one.name for one in known}
        print("\n".join(tables.runs(runs, experiments=names)))


def _experiments(options: argparse.Namespace) -> None:
    for one in fluent.search_experiments():
        if options.json:
            print(json.dumps(one.to_dictionary()))
        else:
            print(f"{one.experiment_id:>6}  {tables.printable(one.name)}")


def _doctor(_: argparse.Namespace) -> int:
    lines = health.report(fluent.client().store)
    print("\n".join(lines))
    return int(any(line.startswith("!") for line in lines))


def _rebuild(options: argparse.Namespace) -> None:
    store = fluent.client().store
    if not store.exists():
        print(f"{store.path}: nothing is stored here yet.")
        return
    store.rebuild(force=options.force)
    print(f"{store.path} was made again from {len(store.shelf.volumes())} journals.")


def _gc(options: argparse.Namespace) -> None:
    removed = fluent.gc(
        options.older_than,
        options.run_ids.split(",") if options.run_ids else None,
        options.experiment_ids.split(",") if options.experiment_ids else None,
        options.logged_model_ids.split(",") if options.logged_model_ids else None,
    )
    models = sum(one.startswith("m-") for one in removed)
    print(f"{len(removed) - models} runs{f' and {models} models' if models else ''} removed.")
