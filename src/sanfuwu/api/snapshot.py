"""`python -m sanfuwu.api.snapshot`: write docs/openapi.json anew. A test fails while it differs from the code, so that
no change of the API goes by unseen.
"""

from __future__ import annotations

import json
from pathlib import Path

SNAPSHOT = Path(__file__).parents[3] / "docs" / "openapi.json"


def document() -> str:
    """The OpenAPI document as it is kept: sorted, indented, Chinese as it is written."""
    from .v1 import api

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def main() -> None:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanfuwu.config.settings")
    django.setup()
    SNAPSHOT.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
