"""Every change of an import: it is uploaded, understood, checked, confirmed, approved, run, ended."""

from .deciding import approve, cancel, fail, finish_check, finish_run, go_on, refuse, start
from .exporting import export_rejects
from .uploading import choose_table, plan, upload

__all__ = [
    "approve",
    "cancel",
    "choose_table",
    "export_rejects",
    "fail",
    "finish_check",
    "finish_run",
    "go_on",
    "plan",
    "refuse",
    "start",
    "upload",
]
