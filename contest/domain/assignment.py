"""Who scores what: a balanced proposal that respects conflicts, and a seeded order per judge."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True)
class Proposal:
    """Judges per entry; `short` are entries that could not get enough judges, with how many are missing."""

    judges: Mapping[int, tuple[int, ...]]
    short: Mapping[int, int]

    def load(self, judge: int) -> int:
        """How many entries a judge has."""
        return sum(judge in chosen for chosen in self.judges.values())


def propose(
    entries: Sequence[int],
    judges: Sequence[int],
    *,
    per_entry: int | None,
    conflicts: AbstractSet[tuple[int, int]],
    seed: str,
    given: Mapping[int, Sequence[int]] | None = None,
    at_least: int = 0,
) -> Proposal:
    """A balanced assignment. `per_entry` None means the whole panel, of which an entry needs `at_least` so many judges.

    `conflicts` are (judge, entry) pairs. Entries with the fewest able judges choose first, each takes the least loaded
    able judges, then swaps even the loads out. `given` are assignments that stand and are only completed; whoever has
    left since may stand among them.
    """
    chosen: dict[int, list[int]] = {e: list((given or {}).get(e, ())) for e in entries}
    able = {e: [j for j in judges if (j, e) not in conflicts] for e in entries}
    load = {j: sum(j in c for c in chosen.values()) for j in judges}
    for entry in sorted(entries, key=lambda e: (len(able[e]), shuffle_key(seed, e))):
        free = [j for j in able[entry] if j not in chosen[entry]]
        missing = len(free) if per_entry is None else max(0, per_entry - len(chosen[entry]))
        for judge in sorted(free, key=lambda j: (load[j], shuffle_key(seed, entry, j)))[:missing]:
            chosen[entry].append(judge)
            load[judge] += 1
    fixed = {(j, e) for e, js in (given or {}).items() for j in js}
    if per_entry is not None:
        _even_out(chosen, able, load, fixed)
    needed = at_least if per_entry is None else per_entry
    short = {e: needed - len(c) for e, c in chosen.items() if len(c) < needed}
    return Proposal({e: tuple(c) for e, c in chosen.items()}, short)


def _even_out(
    chosen: dict[int, list[int]],
    able: Mapping[int, list[int]],
    load: dict[int, int],
    fixed: AbstractSet[tuple[int, int]],
) -> None:
    """Move entries from the most to less loaded judges while that narrows the gap."""
    moved = True
    while moved:
        moved = False
        for heavy in sorted(load, key=lambda j: -load[j]):
            for entry, judges in chosen.items():
                if heavy not in judges or (heavy, entry) in fixed:
                    continue
                light = min((j for j in able[entry] if j not in judges), key=lambda j: load[j], default=None)
                if light is not None and load[heavy] - load[light] > 1:
                    judges[judges.index(heavy)] = light
                    load[heavy] -= 1
                    load[light] += 1
                    moved = True


def shuffle_key(seed: str, *parts: int) -> bytes:
    """A key that orders things at random but the same every time for one seed."""
    return hashlib.sha256(":".join([seed, *map(str, parts)]).encode()).digest()


def order_for(judge: int, entries: Sequence[int], *, seed: str) -> list[int]:
    """The order in which one judge sees works, independent of time, number and other judges."""
    return sorted(entries, key=lambda e: shuffle_key(seed, judge, e))
