"""What can happen to a store: one class for each kind of event.

An event is a fact that is appended to a journal and never changed. The state of a store is the
fold of its events, in the order ``(q, j)``: ``q`` is a hybrid Lamport clock (a process that has
seen an event numbers its own later ones higher; on one machine it is at least the microseconds of
the monotonic clock), ``j`` names the journal. No wall clock takes part.

On disk an event is one line of JSON whose last field is a CRC-32 of what stands before it
(`store/lines.py`); ``op`` names the class. Fields that hold their default are left out.
"""

from __future__ import annotations

import msgspec

#: Version of the line format and of the tables folded from it. A store with a higher one is
#: refused; a store with a lower one is folded anew from its journals.
FORMAT = 3

#: The largest line, in bytes. DuckDB reads no line above 16 MB; bigger values are artifacts.
MAX_LINE = 1_000_000

#: A clock from here on is believed by nobody: 2**62 µs are 146,000 years, so no machine was on for
#: so long. Else one line with the highest number there is would leave none for all later ones.
END_OF_CLOCK = 2**62


class Event(msgspec.Struct, tag_field="op", omit_defaults=True, kw_only=True):
    """The stamp every event carries; the journal sets it when the event is appended.

    Attributes:
        v: `FORMAT` of the writer.
        j: Token of the journal, 12 hexadecimal digits; in a shared store 8 more, its writer's uid.
        q: Hybrid Lamport clock.
        t: Wall clock, seconds since 1970 in whole milliseconds.
        m: Monotonic clock of the host, seconds; durations are differences of these. Left out
            where ``q`` is its microseconds, which is nearly everywhere.
    """

    v: int = 0
    j: str = ""
    q: int = 0
    t: float = 0.0
    m: float | None = None


class Opened(Event, tag="open"):
    """First line of a journal: who writes it."""

    host: str
    boot: str
    pid: int
    uid: int
    versions: dict[str, str]


class ExperimentCreated(Event, tag="experiment"):
    """A new experiment, its id agreed on under the store's lock."""

    experiment: str
    text: str
    artifact_location: str | None = None


class ExperimentSet(Event, tag="experiment_set"):
    """A field of an experiment: ``name``, ``stage`` or ``tag`` (then ``key`` names it).

    ``text`` None removes a tag.
    """

    experiment: str
    field: str
    text: str | None = None
    key: str = ""


class RunStarted(Event, tag="run"):
    """The birth of a run. ``ts`` is its start in ms since 1970."""

    run: str
    experiment: str
    ts: int
    number: int = 0
    user: str = ""
    cell: int = 0


class RunStatus(Event, tag="status"):
    """``text`` is the new status; for an end, ``ts`` is when (ms) and ``seconds`` the duration."""

    run: str
    text: str
    ts: int | None = None
    seconds: float | None = None


class RunStage(Event, tag="stage"):
    """``text`` is ``active`` or ``deleted``; ``ts`` when, in ms. ``purged`` is for ever."""

    run: str
    text: str
    ts: int


class Param(Event, tag="param"):
    """A parameter of a run. The first value of a key stays."""

    run: str
    key: str
    text: str


class Tag(Event, tag="tag"):
    """A tag of a run. The last value of a key stays; ``text`` None removes it."""

    run: str
    key: str
    text: str | None = None


class Metric(Event, tag="metric"):
    """One point of a metric.

    ``value`` is a JSON number, or one of ``"NaN"``, ``"Infinity"``, ``"-Infinity"``.
    ``ts`` is in ms; left out it is the time of the append.
    """

    run: str
    key: str
    value: float | str
    step: int = 0
    ts: int | None = None


class ModelMetric(Metric, tag="model_metric"):
    """One point of a metric of a run, measured with a model or on a dataset that is named.

    It has an ``op`` of its own, so that all other points stay as short as they are.
    """

    model: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None


class Input(Event, tag="input"):
    """A dataset that a run read."""

    run: str
    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None = None
    profile: str | None = None
    tags: dict[str, str] = {}


class Artifact(Event, tag="artifact"):
    """A file that was stored whole under a run's artifact folder."""

    run: str
    path: str
    size: int
    sha256: str


class ModelCreated(Event, tag="model"):
    """The birth of a logged model, which is PENDING. ``ts`` is when, in ms since 1970.

    ``run`` is its source run. ``folder`` is where its files lie among those of that run; without
    one they lie in a folder of the model's own.
    """

    model: str
    experiment: str
    name: str
    ts: int
    run: str | None = None
    folder: str | None = None
    model_type: str | None = None


class ModelSet(Event, tag="model_set"):
    """A field of a logged model: ``status``, ``stage``, ``tag`` or ``param`` (``key`` names it).

    ``text`` None removes a tag. ``message`` says why the status is FAILED. Of a param the first
    value stays, of everything else the last; the stage ``purged`` is for ever. ``ts`` in ms.
    """

    model: str
    field: str
    text: str | None = None
    key: str = ""
    ts: int = 0
    message: str | None = None


class ModelUsed(Event, tag="model_use"):
    """A model that a run read (``field`` is ``input``) or made (``output``, at a step)."""

    run: str
    model: str
    field: str
    step: int = 0


class ModelFile(Event, tag="model_file"):
    """A file that was stored whole in the own folder of a model."""

    model: str
    path: str
    size: int
    sha256: str


class RegistryChange(Event, tag="registry"):
    """One change of the model registry: a line of its trail, which nothing takes back.

    All are agreed on under the store's lock, so their order is the one in which they were made.

    Attributes:
        registered: Id of the registered model; "" for what holds in the whole store.
        field: What changed. Of a model (``version`` 0): ``created`` (``text`` is its name),
            ``name``, ``description``, ``tag``, ``alias`` (``key`` is the alias, ``text`` the
            version it stands for), ``deleted``. Of a version: ``created`` (``text`` is where its
            files came from), ``status``, ``status_message`` (why it has that), ``stage``,
            ``description``, ``tag``, ``deleted``. Of the store, or of one model: ``stages``,
            ``gates`` and ``approvers`` (``key`` is the stage), as JSON.
        version: Number of the version; 0 for the model itself.
        key: Of a tag, an alias, or rules of a stage.
        before: What it was, None if nothing.
        text: What it is from now on; None takes it away.
        comment: What whoever did it says of it.
        user: Who did it, the name of the login.
        author: Who did it, the uid.
        digest: SHA-256 of the version's files, see `artifacts/contents.py`.
        details: JSON. Of a ``created`` version ``run_id``, ``model_id``, ``run_link`` and
            ``location``; of a ``stage`` what the gates said and why they were overridden.
        ts: When, in ms since 1970.
        chain: SHA-256 of the ``chain`` before this one and of all fields here, see
            `store/trail.py`.
    """

    registered: str
    field: str
    version: int = 0
    key: str = ""
    before: str | None = None
    text: str | None = None
    comment: str | None = None
    user: str = ""
    author: int = -1
    digest: str | None = None
    details: str | None = None
    ts: int = 0
    chain: str = ""


class Cell(Event, tag="cell"):
    """A notebook cell that was executed, the ``number``-th of its session (from 1).

    ``sha256`` is of its source; ``source`` comes only with the first cell of that digest in a
    journal. ``seconds`` is how long it ran, ``ok`` whether it ended without an exception.
    """

    number: int
    sha256: str
    source: str | None = None
    cell_id: str | None = None
    execution_count: int | None = None
    notebook: str | None = None
    seconds: float | None = None
    ok: bool = True


class Environment(Event, tag="environment"):
    """What the process that writes this journal has imported: package versions by name."""

    python: str
    platform: str
    packages: dict[str, str]
