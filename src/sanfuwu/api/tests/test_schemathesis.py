"""Whatever the document allows, and much that it does not: no 5xx, no undocumented answer.

Three of four requests are about problems, units and people that exist, so that they come past the first check.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sanfuwu.config.wsgi import application
from sanfuwu.problems.models import Assignment
from sanfuwu.problems.tests.cast import Cast

from .callers import SAID, caller_for
from .described import document

pytestmark = pytest.mark.slow

EXAMPLES = 8  # of each kind for each operation: about 500 requests
SCHEMA = schemathesis.openapi.from_dict(json.loads(document()))
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]


@dataclass
class World:
    """What exists, by the names under which a request may mean it."""

    tokens: list[str]
    values: dict[str, list[Any]]


@pytest.fixture(scope="module")
def world(shared_db: str) -> World:
    """One database for all operations: each example leaves behind what it did, as in life."""
    cast = Cast()
    stages = [
        cast.registered(),
        cast.accepted(),
        cast.dispatched(co=("zlsgs",)),
        cast.contacted(),
        cast.submitted(),
        cast.signed_off(),
        cast.reviewed(),
        cast.called_back(),
        cast.struck_off(),
    ]
    people = [cast.office, cast.handler, cast.head, cast.verifier, cast.supervisor, cast.district_leader]
    units = [str(cast.unit(code)) for code in ("gds-songxia", "gdgs", "zlsgs", "330604007001")]
    leaders = [str(cast.district_leader.post_id), str(cast.leader.post_id)]
    return World(
        tokens=[str(caller_for(actor).token) for actor in people],
        values={
            "number": [problem.number for problem in stages],
            "category_id": [str(cast.category)],
            "assignment_id": [str(pk) for pk in Assignment.objects.values_list("pk", flat=True)],
            "party_id": [str(stages[0].party_id)],
            "post_id": leaders,
            "chaired_by": leaders,
            "division": ["330604007001", "330604"],
            "requester": [SAID["requester"], {"kind": "enterprise", "name": "样例伞业"}],
            "held_at": ["2019-02-11T09:00:00+08:00"],
            "raised_on": ["2019-02-12T09:00:00+08:00", None],
            "due_on": ["2019-03-01"],
            "steps": [[{"text": "立项", "unit_id": units[0], "due_on": "2019-03-01"}]],
            "category_code": [None],
            "on_spot": [None, {"how": "当场接通。", "confirmed_by": "陆建国"}],
            **dict.fromkeys(("lead", "unit_id", "proposed_unit", "owed_by_unit"), units),
        },
    )


def _about_real_things(draw: Any, world: World, body: Any) -> Any:
    """The same body, with what has a known name replaced by something that exists."""
    if not isinstance(body, dict):
        return body
    return body | {name: draw(st.sampled_from(world.values[name])) for name in body if name in world.values}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_answer_that_is_not_documented(world: World, operation: Any, mode: GenerationMode) -> None:
    cases = operation.as_strategy(generation_mode=mode)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        case = data.draw(cases)
        if data.draw(st.integers(1, 4)) > 1:
            (case.headers or {}).pop("If-Match", None)
            if "number" in (case.path_parameters or {}):
                case.path_parameters["number"] = data.draw(st.sampled_from(world.values["number"]))
            case.body = _about_real_things(data.draw, world, case.body)
        token = data.draw(st.sampled_from(world.tokens))
        response = case.call(
            app=application, base_url="http://testserver", headers={"Authorization": f"Bearer {token}"}
        )
        case.validate_response(response, checks=CHECKS)
        assert response.status_code < 500

    run()
