"""Units, people and the duty roster from the workbooks that an office keeps: read, looked through, then written.

Reading never writes. `plan_…` says of each row whether it is new, there already or wrong, and why; `import_…` writes
the new ones in one act. The same workbook a second time adds nothing.
"""

from .duty import DUTY_HEADINGS, import_duty, plan_duty
from .people import PEOPLE_HEADINGS, import_people, plan_people
from .report import Line, Report
from .units import UNIT_HEADINGS, import_units, plan_units
from .workbook import BadWorkbook, Row, read_table

__all__ = [
    "DUTY_HEADINGS",
    "PEOPLE_HEADINGS",
    "UNIT_HEADINGS",
    "BadWorkbook",
    "Line",
    "Report",
    "Row",
    "import_duty",
    "import_people",
    "import_units",
    "plan_duty",
    "plan_people",
    "plan_units",
    "read_table",
]
