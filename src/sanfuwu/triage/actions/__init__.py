"""Changes of the catalogue of responsible units."""

from .entries import add_entry, end_entry
from .sheet import CATALOGUE, import_entries, preview_entries

__all__ = ["CATALOGUE", "add_entry", "end_entry", "import_entries", "preview_entries"]
