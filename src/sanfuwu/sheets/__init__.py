"""The workbooks by which an office sets itself up: units, people, categories, the catalogue, duty, the calendar.

Fixed columns that are known by several names; small enough to be read at once. What is registered comes in through
`intake`, which reads far more kinds of files.
"""

from .reading import MOST_BYTES, NOTES_SHEET, Row, Sheet, read_table
from .report import DIFFERS, ENTERED, ERROR, NEW, SAME, Line, Repeats, Report, Wrong, not_given, unknown_unit
from .table import Column, Table
from .writing import rejects, template

__all__ = [
    "DIFFERS",
    "ENTERED",
    "ERROR",
    "MOST_BYTES",
    "NEW",
    "NOTES_SHEET",
    "SAME",
    "Column",
    "Line",
    "Repeats",
    "Report",
    "Row",
    "Sheet",
    "Table",
    "Wrong",
    "not_given",
    "read_table",
    "rejects",
    "template",
    "unknown_unit",
]
