"""Every change of the tree, of posts and of who may enter. Each writes events; nothing else writes these tables."""

from .access import delegate, end_delegation, issue_token, link_account, name_confidential_officer, revoke_token
from .continuing import continue_posts, take_posts_back
from .duty import OnDuty, remove_duty, set_duty
from .handover import Handover, Held, Part, hand_over, held_by
from .mergers import MergePlan, merge_units, plan_merge_units, plan_undo_merge, undo_merge
from .posts import correct_person, correct_post, create_person, create_post, end_post
from .units import (
    change_unit,
    close_unit,
    confirm_proposed_unit,
    create_unit,
    move_unit,
    plan_create_unit,
    plan_rename_unit,
    propose_units,
    rename_unit,
)

__all__ = [
    "Handover",
    "Held",
    "MergePlan",
    "OnDuty",
    "Part",
    "change_unit",
    "close_unit",
    "confirm_proposed_unit",
    "continue_posts",
    "correct_person",
    "correct_post",
    "create_person",
    "create_post",
    "create_unit",
    "delegate",
    "end_delegation",
    "end_post",
    "hand_over",
    "held_by",
    "issue_token",
    "link_account",
    "merge_units",
    "move_unit",
    "name_confidential_officer",
    "plan_create_unit",
    "plan_merge_units",
    "plan_rename_unit",
    "plan_undo_merge",
    "propose_units",
    "remove_duty",
    "rename_unit",
    "revoke_token",
    "set_duty",
    "take_posts_back",
    "undo_merge",
]
