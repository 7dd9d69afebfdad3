"""Series, contests (one edition each), the versions of their rulebook, and site settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.models.database import Base
from contest.models.media import Rendition, StoredFile


class SiteSettings(Base):
    """One row: the name, owner and mark that pages show. They are the organizer's, not the product's."""

    __tablename__ = "site_settings"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(300), default="")
    mark_id: Mapped[int | None] = mapped_column(ForeignKey("renditions.id"))
    updated_at: Mapped[datetime]

    mark: Mapped[Rendition | None] = relationship()


class Series(Base):
    """The institution (giải) that holds contests over the years."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300), unique=True)
    created_at: Mapped[datetime]


class Contest(Base):
    """One edition with its own rulebook, panels and results."""

    __tablename__ = "contests"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft','open','closed','judging','published','archived')", name="state_known"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    name: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    seed: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("contests.id"))
    rules_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    next_receipt_number: Mapped[int] = mapped_column(default=1)
    # Moves whenever something a public page shows has changed; cached pages live under it.
    public_version: Mapped[int] = mapped_column(default=1)

    series: Mapped[Series] = relationship(lazy="joined")
    rules_file: Mapped[StoredFile | None] = relationship()

    @property
    def contest_id(self) -> int:
        """The contest of a contest is itself, so that it can be a permission's subject."""
        return self.id


class RulebookVersion(Base):
    """One checked version of the machine form of the Thể lệ. The highest number is in force."""

    __tablename__ = "rulebook_versions"
    __table_args__ = (UniqueConstraint("contest_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), index=True)
    number: Mapped[int]
    toml: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    document_number: Mapped[str] = mapped_column(String(120), default="")
    notice: Mapped[str] = mapped_column(String(1000), default="")
    changes: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
