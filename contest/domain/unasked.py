"""Names that must not be read unasked: of works that their reader scores blindly and whose dossiers stay closed to them."""

from __future__ import annotations

from dataclasses import dataclass

WITHHELD = "(nói tới tác phẩm đang chấm kín)"


@dataclass(frozen=True)
class Unasked:
    """The works by id, and the codes that stand for them in sentences. Nothing is withheld from most people."""

    entries: frozenset[int] = frozenset()
    codes: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.entries)

    def mentioned_in(self, *texts: object) -> bool:
        """Whether one of the works is spoken of."""
        return any(code in str(text) for text in texts if text for code in self.codes)

    def told(self, text: str | None) -> str:
        """What somebody wrote, unless it speaks of one of the works: who made it may stand there."""
        return WITHHELD if self.mentioned_in(text) else text or ""


NOTHING = Unasked()
