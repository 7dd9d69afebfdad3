"""The rules about length: words of a text, minutes of a broadcast. What could not be measured is for a person to look at."""

from __future__ import annotations

from datetime import datetime

from contest.domain.facts import EntryFacts
from contest.domain.rulebook import Rulebook
from contest.domain.rulebook.schema import LengthLimit
from contest.domain.verdicts import Outcome, Verdict, beyond
from contest.domain.vietnamese import format_int

UNMEASURED = "chưa đo được, cần người xem"


def lengths(f: EntryFacts, rb: Rulebook, now: datetime) -> list[Verdict]:
    """How long each part may be; a part or a recording without a measure never passes unseen."""
    media = rb.media_type(f.media_type)
    if media is None or not f.parts:
        return []
    limits = (media.max_words_per_part, media.max_minutes_per_part)
    found = []
    if limits[0] is not None:
        found.append(_measured("words", "chữ", limits[0], [p.words for p in f.parts]))
    if limits[1] is not None:
        minutes = [p.minutes or 0 for p in f.parts]
        found.append(_measured("minutes", "phút", limits[1], minutes, f.unmeasured))
    return found


def _measured(
    rule: str, unit: str, limit: LengthLimit, values: list[int], unmeasured: tuple[str, ...] = ()
) -> Verdict:
    """The verdict on the parts' lengths, 0 where there is none; `unmeasured` are recordings that nobody could measure."""
    bounds = f"Đến {format_int(limit.value)}"
    if limit.min is not None:
        bounds = f"Từ {format_int(limit.min)} đến {format_int(limit.value)}"
    title = f"{bounds} {unit} một kỳ"
    known = [v for v in values if v]
    is_open = len(known) < len(values) or bool(unmeasured)
    words = [f"dài nhất {format_int(max(known))} {unit}"] if known else []
    is_short = limit.min is not None and min(known, default=limit.min) < limit.min
    if is_short:
        words.append(f"ngắn nhất {format_int(min(known))} {unit}")
    if is_open:
        without = [str(i) for i, v in enumerate(values, 1) if not v]
        which = f"kỳ {', '.join(without)} " if known and without else "tệp " if known else ""
        words.append(f"{which}{UNMEASURED}")
    is_off = is_short or max(known, default=0) > limit.value
    outcome = beyond(limit.mode) if is_off else Outcome.LOOK if is_open else Outcome.PASSED
    evidence = (
        *((f"Kỳ {i}", f"{format_int(v)} {unit}" if v else UNMEASURED) for i, v in enumerate(values, 1)),
        *((name, UNMEASURED) for name in unmeasured),
    )
    blocks = is_off and limit.mode == "block"
    return Verdict(rule, title, outcome, ", ".join(words), limit.article, blocks, evidence, "parts")
