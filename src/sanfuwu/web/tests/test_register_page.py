"""登记 through the page: three fields, on the spot, photographs without EXIF, nothing lost."""

from __future__ import annotations

import io
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import Settings

from sanfuwu.problems.models import Attachment, Problem

from . import cast

pytestmark = pytest.mark.django_db

THREE = {"who": "上虞样例电器有限公司", "text": "厂区外路灯不亮。夜班出行不便。", "place": "崧厦镇"}
REST = {"channel": "visit", "urgency": "normal"}


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.SANFUWU_DATA_DIR = tmp_path


def photograph() -> SimpleUploadedFile:
    """A JPEG with a position in its EXIF."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "CameraMaker"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (64, 48), (90, 120, 60)).save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("园区.jpg", out.getvalue(), "image/jpeg")


def test_three_fields_suffice() -> None:
    cadre = cast.collector()
    answer = cadre.client.post("/problems/new", THREE | REST | {"do": "register"}, follow=True)
    problem = Problem.objects.get()
    assert problem.number in unescape(answer.content.decode())
    assert (problem.title, problem.division, problem.state) == ("厂区外路灯不亮", cast.SONGXIA, "submitted")
    assert (problem.party_kind, problem.claimed_party or problem.party.name) == ("enterprise", THREE["who"])
    assert problem.registered_by == cadre.actor.post_id


def test_a_residents_name_goes_into_the_contact_only() -> None:
    cast.collector().client.post("/problems/new", THREE | REST | {"who": "王小明", "do": "register"})
    problem = Problem.objects.select_related("contact").get()
    assert (problem.party_kind, problem.party, problem.claimed_party) == ("resident", None, "")
    assert problem.contact is not None
    assert "王小明".encode() not in bytes(problem.contact.name_enc)


def test_what_is_solved_at_once_takes_one_step() -> None:
    sent = THREE | REST | {"how": "当场联系路灯管理所更换", "confirmed_by": "章经理", "do": "spot"}
    answer = cast.collector().client.post("/problems/new", sent, follow=True)
    assert "现场解决登记并销号" in answer.content.decode()
    assert Problem.objects.get().state == "struck_off"


def test_solved_on_the_spot_without_saying_how_loses_nothing() -> None:
    answer = cast.collector().client.post("/problems/new", THREE | REST | {"confirmed_by": "章经理", "do": "spot"})
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert 'href="#f_how"' in html
    for typed in (*THREE.values(), "章经理"):
        assert typed in html
    assert not Problem.objects.exists()


def test_an_unknown_place_is_refused_at_its_field() -> None:
    answer = cast.collector().client.post("/problems/new", THREE | REST | {"place": "北京", "do": "register"})
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert 'href="#f_place"' in html
    assert 'value="北京"' in html


def test_nobody_named_and_not_anonymous_is_refused_at_the_name() -> None:
    answer = cast.collector().client.post("/problems/new", THREE | REST | {"who": "", "do": "register"})
    assert answer.status_code == 422
    assert 'href="#f_who"' in answer.content.decode()


def test_a_photograph_is_kept_without_anything_of_the_camera(tmp_path: Path) -> None:
    sent = THREE | REST | {"do": "register", "files": photograph()}
    cadre = cast.collector()
    cadre.client.post("/problems/new", sent)
    row = Attachment.objects.get()
    answer = cadre.client.get(f"/attachments/{row.pk}")
    kept = b"".join(answer.streaming_content)
    assert b"CameraMaker" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (64, 48), {})
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert len(list(tmp_path.rglob("*.jpg"))) == 1
    stranger = cast.person("zlsgs", "handler")
    assert stranger.client.get(f"/attachments/{row.pk}").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<?php echo 1; ?>", "不是 JPEG、PNG 或 WebP"),
        (b"GIF89a" + b"\0" * 40, "不是 JPEG、PNG 或 WebP"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 60, "不是 JPEG、PNG 或 WebP"),
        (photograph().read()[:400], "图片已损坏"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_registered(content: bytes, said: str, tmp_path: Path) -> None:
    sent = THREE | REST | {"do": "register", "files": SimpleUploadedFile("x.jpg", content)}
    answer = cast.collector().client.post("/problems/new", sent)
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert said in html
    assert THREE["text"] in html
    assert not Problem.objects.exists()
    assert not list(tmp_path.rglob("*.jpg"))


def test_a_bomb_is_refused_by_the_size_in_its_header() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    sent = THREE | REST | {"do": "register", "files": SimpleUploadedFile("x.png", out.getvalue())}
    answer = cast.collector().client.post("/problems/new", sent)
    assert answer.status_code == 422
    assert not Problem.objects.exists()


def test_evidence_is_kept_with_the_result_in_one_act() -> None:
    problem, unit = cast.problem("contacted"), cast.handler()
    from .test_pages import form_of, lead, page

    url = f"/problems/{problem.number}/submit_result?a={lead(problem).pk}"
    sent = form_of(page(unit.client, url)) | {
        "result_kind": "solved", "text": "已修复", "evidence": "照片", "files": photograph(),
    }  # fmt: skip
    assert unit.client.post(url, sent).status_code == 302
    row = Attachment.objects.get(problem=problem)
    assert (row.purpose, row.assignment_id) == ("evidence", lead(problem).pk)
