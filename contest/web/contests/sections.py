"""The parts of a rulebook as pages: which form stands at which address, and its buttons that only add and move rows."""

from __future__ import annotations

import re
from typing import cast

from werkzeug.datastructures import MultiDict

from contest.web.contests import basic_parts, eligibility_parts, judging_parts, prize_parts, work_parts
from contest.web.contests.parts import MOST_ROWS, Data, RowList, SectionForm

SECTIONS: dict[str, type[SectionForm]] = {
    "info": basic_parts.InfoForm,
    "dates": basic_parts.DatesForm,
    "media": work_parts.MediaForm,
    "slots": work_parts.SlotsForm,
    "people": eligibility_parts.PeopleForm,
    "limits": eligibility_parts.LimitsForm,
    "rounds": judging_parts.RoundsForm,
    "ties": judging_parts.TiesForm,
    "prizes": prize_parts.PrizesForm,
    "publication": prize_parts.PublicationForm,
}
ROUND = judging_parts.RoundForm


def only_rearranges(typed: MultiDict[str, str]) -> bool:
    """Whether the button pressed adds or moves a row, which saves nothing."""
    return bool(typed.get("add") or typed.get("up"))


def rearranged(kind: type[SectionForm], typed: MultiDict[str, str], data: Data) -> SectionForm:
    """The form with everything typed so far, one row more or one row higher."""
    form = kind(formdata=_moved_up(typed, typed.get("up", "")))
    rows = form._fields.get(typed.get("add", ""))
    if isinstance(rows, RowList) and len(rows) < MOST_ROWS:
        rows.append_entry()
    form.offer(data)
    return form


def _moved_up(typed: MultiDict[str, str], row: str) -> MultiDict[str, str]:
    """The typed fields with the names of a row, like `prizes-2`, and of the row before it exchanged."""
    found = re.fullmatch(r"([a-z]+)-([0-9]{1,3})", row)
    if found is None:
        return typed
    name, at = found[1], int(found[2])
    indices = sorted({int(m[1]) for key in typed if (m := re.match(rf"{name}-([0-9]{{1,3}})-", key))})
    if at not in indices or indices.index(at) == 0:
        return typed
    swap = {f"{name}-{at}-": f"{name}-{indices[indices.index(at) - 1]}-"}
    swap |= {there: here for here, there in swap.items()}
    renamed = [
        (re.sub(rf"^{name}-[0-9]+-", lambda m: swap.get(m[0], m[0]), key), value)
        for key, value in typed.items(multi=True)
    ]
    return cast("MultiDict[str, str]", MultiDict(renamed))
