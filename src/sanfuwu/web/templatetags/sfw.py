"""Tags and filters of the pages: built assets, icons, dates as officials write them, masked phones, form controls."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale

from sanfuwu.counties.wording import county_word
from sanfuwu.rules.masking import mask_phone
from sanfuwu.web import vite as manifest
from sanfuwu.web import when as dates
from sanfuwu.web import words
from sanfuwu.web.filters import duty_head

register = template.Library()


@register.simple_tag
def vite(name: str) -> SafeString:
    """The style sheets and the module of one entry; no inline script."""
    entry = manifest.entry(name)
    styles = format_html_join("", '<link rel="stylesheet" href="{}">', ((static(css),) for css in entry.styles))
    module = static(entry.module)
    return format_html(
        '<link rel="modulepreload" href="{}">{}<script type="module" src="{}"></script>', module, styles, module
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """One icon of the sprite, silent for a screen reader: the word beside it speaks."""
    sprite = static(manifest.asset("src/icons.svg"))
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', sprite, name)


@register.simple_tag(name="county_word")
def the_countys_word() -> str:
    """区, 县 or 市: for sentences that name the county by what it is."""
    return county_word()


@register.simple_tag
def html_lang() -> str:
    """The language of the page as BCP 47 writes it: zh-Hans, en."""
    return to_locale(get_language() or "zh-hans").replace("_", "-")


@register.filter
def when(value: dt.datetime | None, now: dt.datetime) -> str:
    """ "2019年2月12日 09:30"; within a week "昨天 09:30"."""
    return dates.when(value, now) if value else ""


@register.filter
def day(value: dt.date | None, now: dt.datetime) -> str:
    """ "2月12日" this year, with the year otherwise."""
    return dates.day(value, now) if value else ""


@register.filter
def iso(value: dt.datetime | None) -> str:
    """For the datetime attribute of <time>."""
    return timezone.localtime(value).isoformat(timespec="minutes") if value else ""


@register.filter
def masked(value: str) -> str:
    """138••••0000."""
    return mask_phone(value)


@register.filter
def thousands(value: int | None) -> str:
    """12,345."""
    return "" if value is None else f"{value:,}"


@register.filter
def capped(value: int, is_capped: bool = False) -> str:
    """12,345, or "1 万+" where counting stopped at its limit."""
    return dates.capped_count(value) if is_capped else f"{value:,}"


@register.filter
def unlocal(value: object) -> str:
    """A number for an attribute, untouched by any locale."""
    return str(value)


@register.filter
def share_word(code: str) -> str:
    """For whom a saved view is."""
    return words.word(words.SHARES, code)


@register.filter
def duty_word(number: str) -> str:
    """What a number of the 责任清单 counts: a phone shows it beside the number, where a table has its head."""
    return duty_head(number)


@register.filter
def is_group(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def is_tick(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_long(field: BoundField) -> bool:
    """More than ten ticks scroll in a box of their own."""
    choices: Any = getattr(field.field, "choices", ())
    return isinstance(field.field.widget, forms.CheckboxSelectMultiple) and len(list(choices)) > 10


@register.filter
def control(field: BoundField) -> SafeString:
    """The control with its state for assistive technology; hint and error are tied to it by Django."""
    attrs: dict[str, str | bool] = {}
    if isinstance(field.field.widget, forms.Textarea):
        asked = str(field.field.widget.attrs.get("rows", ""))
        attrs["rows"] = "4" if asked in ("", "10") else asked  # 10 is Django's own default
    return field.as_widget(attrs=attrs)


@register.filter
def paper_word(kind: str) -> str:
    """交办单, 销号单."""
    return words.word(words.PAPERS, kind)
