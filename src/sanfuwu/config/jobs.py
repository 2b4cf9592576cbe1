"""Jobs in PostgreSQL (procrastinate). Its tables are shared by all counties; a job carries the county it is for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import procrastinate
from django_tenants.utils import schema_context
from procrastinate.contrib.django import app

COUNTY = "county"


def on_app_ready(_app: procrastinate.App) -> None:
    """Called by procrastinate's Django app; tasks are found in each app's `tasks.py`."""


def county_task(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """As `app.task`, for work inside one county: the job's `county` argument (a schema name) is entered first.

    Defer it with `defer_in_county`, which takes the county from the connection, in the act's own transaction.
    """

    def decorate(run: Callable[..., Any]) -> Any:
        @wraps(run)
        def enter(*args: Any, county: str, **kwargs: Any) -> Any:
            with schema_context(county):
                return run(*args, **kwargs)

        # procrastinate names a task after the function it wraps.
        return app.task(**options)(enter)

    return decorate


def defer_in_county(task: Any, **arguments: Any) -> int:
    """Defer a county task for the county of the present connection; rolled back with the transaction around it."""
    from sanfuwu.counties.schema import current_schema

    job_id: int = task.defer(**{COUNTY: current_schema()}, **arguments)
    return job_id


def each_county(run: Callable[[str], Any]) -> dict[str, Any]:
    """Run something for every county, inside its schema; `{schema: result}`. One county's failure does not stop the
    others: the first error is raised after all had their turn."""
    from sanfuwu.counties.models import County

    results: dict[str, Any] = {}
    failed: list[Exception] = []
    for schema in County.objects.order_by("pk").values_list("schema_name", flat=True):
        try:
            with schema_context(schema):
                results[schema] = run(schema)
        except Exception as error:
            failed.append(error)
    if failed:
        raise failed[0]
    return results
