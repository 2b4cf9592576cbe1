"""`python -m sanfuwu.testing.template`: make the database of the environment what every test begins with.

Two counties, 上虞区 and 柯桥区, migrated as they are by `sanfuwu migrate`; divisions and units of 上虞区.
"""

from __future__ import annotations

import datetime as dt

SHANGYU = "shangyu"
KEQIAO = "keqiao"
SEEDED_AT = dt.datetime(2019, 1, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def build() -> None:
    """Migrate and seed, as the owner."""
    import django

    django.setup()

    from django_tenants.utils import schema_context

    from sanfuwu.counties.setup import CountyPlan, migrate_all
    from sanfuwu.territory.actor import SYSTEM
    from sanfuwu.territory.seed import seed_divisions, seed_shangyu

    plans = [
        CountyPlan(SHANGYU, "330604", "上虞区", ("shangyu.localhost",)),
        CountyPlan(KEQIAO, "330603", "柯桥区", ("keqiao.localhost",)),
    ]
    migrate_all(plans, year=dt.datetime.now(tz=SEEDED_AT.tzinfo).year)
    with schema_context(SHANGYU):
        seed_divisions()
        seed_shangyu(actor=SYSTEM, now=SEEDED_AT)


if __name__ == "__main__":
    build()
