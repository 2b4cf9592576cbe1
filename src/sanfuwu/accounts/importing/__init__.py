"""Units, people and the duty roster from the workbooks that an office keeps: read, looked through, then written.

Reading never writes. `plan_…` says of each row whether it is new, there already or wrong, and why; `import_…` writes
the new ones in one act. The same workbook a second time adds nothing.
"""

from .duty import DUTY, import_duty, plan_duty
from .people import PEOPLE, import_people, plan_people
from .unit_table import UNITS
from .units import import_units, plan_units

__all__ = [
    "DUTY",
    "PEOPLE",
    "UNITS",
    "import_duty",
    "import_people",
    "import_units",
    "plan_duty",
    "plan_people",
    "plan_units",
]
