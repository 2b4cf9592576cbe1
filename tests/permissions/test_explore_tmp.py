from sanfuwu.api.tests.callers import SAID
from tests.permissions.people import People
from django.urls import get_resolver, URLPattern
import json, pytest
from django.test import Client
from django.db import transaction
def walk(rs, prefix=""):
    for p in rs:
        route=prefix+str(p.pattern)
        if isinstance(p, URLPattern): yield route
        else: yield from walk(p.url_patterns, route)
def test_x(shared_db, monkeypatch):
    from sanfuwu.config import clock
    from sanfuwu.problems.tests.cast import NOW
    monkeypatch.setattr(clock,"now",lambda: NOW)
    people=People(); people.by_letter; people.programs; people.browsers
    problem=people.at_stage("dispatched")
    anon=Client()
    out=[]
    for route in dict.fromkeys(walk(get_resolver().url_patterns)):
        path="/"+route.replace("<number>",problem.number).replace("<str:number>",problem.number).replace("<slug:name>","sign").replace("<uuid:attachment_id>","018f0000-0000-7000-8000-000000000000").replace("<str:code>",problem.read_code).replace("<int:pk>","1").replace(".*","")
        for method in ("get","post"):
            row=[]
            for who in ("-","A","D","J","U"):
                api=route.startswith("api/")
                c = anon if who=="-" else (people.programs if api and not route.endswith(("docs","openapi.json")) else people.browsers)[who]
                c = getattr(c,"client",c)
                if who!="-" and (not api or route.endswith(("docs","openapi.json"))):
                    n=Client(); n.cookies.update(c.cookies); c=n
                if who=="-": c=Client()
                with transaction.atomic():
                    kw={}
                    if method=="post" and api: kw=dict(content_type="application/json", data="{}")
                    try: row.append(getattr(c,method)(path,**kw).status_code)
                    except Exception as e: row.append(type(e).__name__)
                    transaction.set_rollback(True)
            out.append(f"{method.upper():5} /{route:58}"+"  ".join(map(str,row))) if set(row)!={405} else None
    import pathlib; pathlib.Path("/tmp/plan/api/explored.txt").write_text("\n".join(out))
