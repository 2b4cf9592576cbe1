"""The form behind 导出: which ledger, as what, and of the problems on screen or of all."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from sanfuwu.documents.models import Ledger

from . import words

FILTERED, ALL = "filtered", "all"
CHOSEN = {"ledger.xlsx": ("problems", "xlsx"), "orders.zip": ("orders", "zip")}  # buttons of the selection's bar


class ExportForm(forms.Form):
    """`query` is the address of the list that one looks at; it rides along hidden."""

    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)

    def __init__(self, data: object = None, *, query: str = "", count: str = "") -> None:
        start = {"query": query, "ledger": Ledger.PROBLEMS.value, "format": "xlsx", "scope": FILTERED}
        super().__init__(data, initial=start, auto_id="exp_%s")  # type: ignore[arg-type]
        filtered = _("What is listed now (%(count)s)") % {"count": count} if count else _("What is listed now")
        for name, label, offered in (
            ("ledger", _("Ledger"), words.options(words.LEDGERS, tuple(Ledger.values))),
            ("format", _("Format"), [("xlsx", _("Excel (.xlsx)")), ("csv", _("Text table (.csv)"))]),
            ("scope", _("Which problems"), [(FILTERED, filtered), (ALL, _("All that your post can see"))]),
        ):
            self.fields[name] = forms.ChoiceField(label=label, choices=offered, widget=forms.RadioSelect)
