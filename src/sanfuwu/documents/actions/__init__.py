"""What changes in this app: exports, columns, letterhead, templates, issued papers."""

from .columns import set_columns
from .exporting import cancel_export, note_download, request_export
from .issuing import issue
from .papers import decide_template, propose_template, retire_template, set_letterhead

__all__ = [
    "cancel_export",
    "decide_template",
    "issue",
    "note_download",
    "propose_template",
    "request_export",
    "retire_template",
    "set_columns",
    "set_letterhead",
]
