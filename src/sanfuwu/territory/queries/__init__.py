"""What others read of the territory: the tree and its names, who sees whose records, who acts."""

from .actors import actor_of_token, load_actor, posts_of
from .divisions import division_name, division_names, divisions_below, in_town, places_named
from .duty import DutyLine, duty_between
from .people import (
    DelegationLine,
    Found,
    PersonLine,
    PostLine,
    Standing,
    delegations,
    find_people,
    post_lines,
    serving,
    standing,
)
from .units import (
    UnitNode,
    may_be_handed_to,
    post_labels,
    reach_of,
    scopes_over,
    town_units,
    unit_name,
    unit_names,
    unit_tree,
)

__all__ = [
    "DelegationLine",
    "DutyLine",
    "Found",
    "PersonLine",
    "PostLine",
    "Standing",
    "UnitNode",
    "actor_of_token",
    "delegations",
    "division_name",
    "division_names",
    "divisions_below",
    "duty_between",
    "find_people",
    "in_town",
    "load_actor",
    "may_be_handed_to",
    "places_named",
    "post_labels",
    "post_lines",
    "posts_of",
    "reach_of",
    "scopes_over",
    "serving",
    "standing",
    "town_units",
    "unit_name",
    "unit_names",
    "unit_tree",
]
