"""What others read of the territory: the tree and its names, who sees whose records, who acts."""

from .actors import actor_of_token, load_actor, posts_of
from .divisions import division_name, division_names, divisions_below
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
    "UnitNode",
    "actor_of_token",
    "division_name",
    "division_names",
    "divisions_below",
    "load_actor",
    "may_be_handed_to",
    "post_labels",
    "posts_of",
    "reach_of",
    "scopes_over",
    "town_units",
    "unit_name",
    "unit_names",
    "unit_tree",
]
