"""``mltrack models COMMAND``: serve a model on this machine, or let it predict for a file.

What deals with registered models is in `cli/registry.py`.
"""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.cli import registry
from jupyter_mltrack.errors import InvalidParameterValue, MltrackException

if TYPE_CHECKING:
    from jupyter_mltrack.models.serving.hosting import Opened
    from jupyter_mltrack.models.serving.plan import ServingPlan

_ENV_MANAGERS = ("local", "virtualenv", "uv", "conda")

#: So many columns are named when a server starts.
_NAMED = 8


def add_to(commands: Any) -> None:
    """Add ``models`` and what is below it to the commands of ``mltrack``."""
    models = commands.add_parser("models", help="register models, serve them, let them predict")
    below = models.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_serve(below)
    _add_predict(below)
    registry.add_to(below)
    for name in ("build-docker", "generate-dockerfile"):
        one = below.add_parser(name, help="not here: says what to do instead")
        for option in ("-m", "-n", "-d"):
            one.add_argument(option, help=argparse.SUPPRESS)
        one.set_defaults(call=_refuse_docker)


def _add_serve(below: Any) -> None:
    one = below.add_parser(
        "serve", help="answer HTTP requests with predictions", add_help=False, description=_SERVE
    )
    add = one.add_argument
    add("--help", action="help", help="show this")  # -h is the host, as in MLflow
    _add_model(one)
    add("-h", "--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    add("-p", "--port", type=int, default=5000, help="port; 0 takes any that is free (5000)")
    add("-w", "--workers", type=int, default=1, help="processes; each loads the model (1)")
    add("-t", "--timeout", type=float, default=60, help="seconds for a request (60)")
    tokens = one.add_mutually_exclusive_group()
    tokens.add_argument(
        "--token",
        help="what requests must carry; one is made if there is none. Others on this machine can"
        " read this command, not the one that is made",
    )
    tokens.add_argument("--no-token", action="store_true", help="take requests without one")
    add("--allowed-hosts", default="", help="names of this server, with commas between")
    add("--max-body", type=int, default=64, metavar="MB", help="the largest request (64)")
    add("--stack-traces", action="store_true", help="answers tell where the model failed")
    add("--enable-mlserver", action="store_true", help=argparse.SUPPRESS)
    one.set_defaults(call=_serve)


def _add_predict(below: Any) -> None:
    one = below.add_parser("predict", help="predictions for a file", description=_PREDICT)
    add = one.add_argument
    _add_model(one)
    add("-i", "--input-path", help="the file; default is what comes through the pipe")
    add("-o", "--output-path", help="where to: .csv and .parquet are tables, others are JSON")
    add("-t", "--content-type", choices=("json", "csv", "parquet"), help="of the input (json)")
    add("--batch-rows", type=int, metavar="N", help="read and predict N rows of a table at a time")
    one.set_defaults(call=_predict)


def _add_model(one: argparse.ArgumentParser) -> None:
    one.add_argument("-m", "--model-uri", required=True, help="such as models:/wine/3 or a folder")
    one.add_argument("--env-manager", default="local", choices=_ENV_MANAGERS, help="only local")
    one.add_argument("--no-conda", action="store_true", help=argparse.SUPPRESS)


_SERVE = """Answers POST /invocations as MLflow's scoring server does, in this environment. Only
this machine reaches it, and every request must carry a token, unless you say otherwise."""

_PREDICT = """Loads a model in this environment and predicts. The output is JSON as MLflow's scoring
server gives it, or a table. It is written whole or not at all."""


def _serve(options: argparse.Namespace) -> None:
    from jupyter_mltrack.models.serving.hosting import serve
    from jupyter_mltrack.models.serving.plan import ServingPlan, new_token

    _check_environment(options)
    plan = ServingPlan(
        model_uri=options.model_uri,
        host=options.host,
        port=options.port,
        token=None if options.no_token else options.token or new_token(),
        allowed_hosts=tuple(filter(None, options.allowed_hosts.split(","))),
        workers=options.workers,
        timeout=options.timeout,
        max_body=options.max_body * 2**20,
        stack_traces=options.stack_traces,
    )
    serve(plan, lambda opened: print("\n".join(_started(plan, opened)), flush=True))


def _started(plan: ServingPlan, opened: Opened) -> list[str]:
    """What is said when a server answers."""
    token = [f"-H 'Authorization: Bearer {plan.token}'"] if plan.token else []
    curl = [
        f"curl {opened.url}/invocations",
        *token,
        "-H 'Content-Type: application/json'",
        f"-d {shlex.quote(opened.model.request)}",
    ]
    return [
        f"{plan.model_uri} is served at {opened.url} (Ctrl-C ends it)",
        f"  wants   {_wanted(opened)}",
        f"  token   {plan.token or 'none: every program on this machine may ask'}",
        "  try it  " + " \\\n          ".join(curl),
    ]


def _wanted(opened: Opened) -> str:
    """The columns, or what else the model takes."""
    signature = opened.model.signature
    inputs = signature.inputs if signature else None
    if inputs is None:
        return "what it was trained with; its signature does not say"
    named = [repr(each) for each in inputs][:_NAMED]
    more = len(inputs) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _predict(options: argparse.Namespace) -> None:
    from jupyter_mltrack.models.serving.batch import predict

    _check_environment(options)
    predict(
        options.model_uri,
        input_path=options.input_path,
        content_type=options.content_type,
        output_path=options.output_path,
        batch_rows=options.batch_rows,
    )


def _check_environment(options: argparse.Namespace) -> None:
    if getattr(options, "enable_mlserver", False):
        msg = "MLServer is not supported. Leave out --enable-mlserver; for more cores: --workers N"
        raise InvalidParameterValue(msg)
    if options.env_manager != "local":
        msg = (
            f"Models run in the environment of this command, not in one made by"
            f" {options.env_manager}. Install what is in the model's requirements.txt and leave"
            " out --env-manager."
        )
        raise InvalidParameterValue(msg)


def _refuse_docker(_: argparse.Namespace) -> None:
    msg = (
        "Images are not built here. Start from an image of Python, copy the model's folder, install"
        ' its requirements.txt and "jupyter-mltrack[serve]", and run: mltrack models serve -m'
        " FOLDER -h 0.0.0.0 --token TOKEN"
    )
    raise MltrackException(msg, "NOT_IMPLEMENTED")
