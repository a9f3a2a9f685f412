"""From the body of a request to that of the answer: read, predict, write."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.models.serving.answer import Answer, Refused, bad_request, refusal
from jupyter_mltrack.models.serving.content import Read
from jupyter_mltrack.models.serving.predictions import to_json

_log = logging.getLogger("jupyter_mltrack")

#: A function that scores: what reads the body, and the body.
Scores = Callable[[Read, bytes], Answer]


class Scorer:
    """Makes answers with a model; whatever is wrong becomes an answer too.

    Args:
        model: Anything with ``predict(data, params)`` and ``metadata``.
        stack_traces: Whether the answer tells where the model failed.
    """

    def __init__(self, model: Any, *, stack_traces: bool = False) -> None:
        self._model = model
        self._schema = model.metadata.get_input_schema()
        self._stack_traces = stack_traces

    def __call__(self, read: Read, body: bytes) -> Answer:
        """The answer to a request.

        Args:
            read: What makes data of the body, as `content.reader_for` gives it.
            body: The bytes.
        """
        try:
            request = read(body, self._schema)
            predictions = self._model.predict(request.data, params=request.params)
        except (InvalidParameterValue, Refused) as error:
            return refusal(error)
        except (Exception, SystemExit) as error:  # noqa: BLE001  (models raise anything)
            return self._failed(error)
        try:
            return Answer(body=to_json(predictions))
        except MltrackException as error:  # the request is not to blame
            _log.error("%s", error.message)
            return refusal(MltrackException(error.message))

    def _failed(self, error: BaseException) -> Answer:
        trace = "".join(traceback.format_exception(error))
        _log.error("The model failed at a request:\n%s", trace)
        reason = error.message if isinstance(error, MltrackException) else str(error)
        refused = bad_request(
            f"The model could not predict: {type(error).__name__}: {reason}. Check that the data is"
            " what it was trained with; the log of the server tells where it failed."
        )
        return refusal(refused, stack_trace=trace if self._stack_traces else None)
