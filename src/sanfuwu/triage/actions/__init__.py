"""Changes of the catalogue of responsible units."""

from .entries import add_entry, end_entry
from .sheet import HEADINGS, REQUIRED, import_entries, preview_entries

__all__ = ["HEADINGS", "REQUIRED", "add_entry", "end_entry", "import_entries", "preview_entries"]
