"""The client's half that finds registered models and versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_mltrack.entities import PagedList
from jupyter_mltrack.entities.model_registry import ModelVersion, RegisteredModel
from jupyter_mltrack.entities.paged_list import page_offset
from jupyter_mltrack.registry.copying import CopyMethods
from jupyter_mltrack.store import registry_search
from jupyter_mltrack.tracking import limits
from jupyter_mltrack.tracking.experiments import one_page

#: The most results on one page, and how many there are if nobody says; MLflow's numbers.
MODELS_LIMIT = 1000
MODELS_PAGE = 100
VERSIONS_LIMIT = 200_000
VERSIONS_PAGE = 10_000


class SearchMethods(CopyMethods):
    """Find registered models and versions."""

    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int = MODELS_PAGE,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[RegisteredModel]:
        """A page of the registered models that match a filter.

        Args:
            filter_string: Such as ``"name LIKE 'wine%' AND tags.team = 'a'"``; attributes are
                name, description, alias, user_id, creation_time and last_updated_time.
            max_results: At most so many on a page.
            order_by: Such as ``["last_updated_timestamp DESC"]``; default is by name.
            page_token: The ``.token`` of the page before.

        Raises:
            FilterSyntaxError: with a caret at what cannot be parsed.
            InvalidParameterValue: if ``max_results`` is not between 1 and 1000.
        """
        page = _page(filter_string, max_results, MODELS_LIMIT, order_by, page_token)
        found = registry_search.models(self._store, page)
        return one_page(found, page.limit - 1, page.offset)

    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int = VERSIONS_PAGE,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[ModelVersion]:
        """A page of the versions that match a filter.

        Args:
            filter_string: Such as ``"name = 'wine' AND stage = 'Production'"``; attributes are
                name, version_number, stage, alias, run_id, model_id, source_path, description,
                user_id, status, creation_time and last_updated_time, and there are tags.
            max_results: At most so many on a page.
            order_by: Such as ``["version_number DESC"]``; default is what changed last.
            page_token: The ``.token`` of the page before.

        Raises:
            FilterSyntaxError: with a caret at what cannot be parsed.
            InvalidParameterValue: if ``max_results`` is not between 1 and 200,000.
        """
        page = _page(filter_string, max_results, VERSIONS_LIMIT, order_by, page_token)
        found = registry_search.versions(self._store, page)
        return one_page(found, page.limit - 1, page.offset)

    def list_registered_models(
        self, max_results: int = MODELS_PAGE, page_token: str | None = None
    ) -> PagedList[RegisteredModel]:
        """A page of all registered models; the name that `search_registered_models` had once."""
        return self.search_registered_models(None, max_results, page_token=page_token)


def _page(
    words: str | None, most: Any, limit: int, order_by: Sequence[str] | None, token: str | None
) -> registry_search.Page:
    """What is asked of the store: one more than fits, which tells whether a page follows."""
    return registry_search.Page(
        filter_string=words or "",
        order_by=[order_by] if isinstance(order_by, str) else list(order_by or ()),
        limit=limits.max_results(most, limit) + 1,
        offset=page_offset(token),
    )
