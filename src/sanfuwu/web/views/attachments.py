"""A photograph of a problem, for who may see it. It was re-encoded on arrival; nothing of the camera is in it."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.problems import files
from sanfuwu.problems.models import Attachment
from sanfuwu.problems.queries import sees_requester, visible_to
from sanfuwu.web.page import actor_of, for_post


@require_GET
@for_post
def attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponseBase:
    """404 for what is not visible, erased, or the original of a confidential problem."""
    actor = actor_of(request)
    row = Attachment.objects.select_related("problem").filter(pk=attachment_id, erased_at__isnull=True).first()
    if row is None or not visible_to(actor).filter(pk=row.problem_id).exists():
        raise NotVisible(_("Not found"))
    hidden = row.problem.confidential and not sees_requester(actor, row.problem)
    if hidden and row.purpose == Attachment.Purpose.ORIGINAL:
        raise NotVisible(_("Not found"))
    try:
        content = files.open_file(row.path)
    except FileNotFoundError as error:
        raise NotVisible(_("Not found")) from error
    answer = FileResponse(content, content_type=row.content_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
