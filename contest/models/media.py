"""Files as they were received, and the copies made from them. The bytes lie in storage, never here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.models.database import Base


class StoredFile(Base):
    """One original, kept byte for byte. `original_name` is data only; it never becomes a path."""

    __tablename__ = "stored_files"
    __table_args__ = (CheckConstraint("size >= 0", name="size_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    storage_key: Mapped[str] = mapped_column(String(120), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    mime: Mapped[str] = mapped_column(String(80))
    original_name: Mapped[str] = mapped_column(String(255))
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    width: Mapped[int | None]
    height: Mapped[int | None]
    page_count: Mapped[int | None]
    duration_ms: Mapped[int | None]
    playable: Mapped[bool] = mapped_column(default=True)
    text: Mapped[str | None] = mapped_column(Text)
    renditions_done_at: Mapped[datetime | None]
    renditions_note: Mapped[str | None] = mapped_column(Text)

    renditions: Mapped[list[Rendition]] = relationship(
        back_populates="file", order_by="Rendition.page_number", cascade="all, delete-orphan"
    )


class Rendition(Base):
    """A copy made for people to look at or listen to: re-encoded, without metadata, with covers burnt in."""

    __tablename__ = "renditions"
    __table_args__ = (UniqueConstraint("file_id", "cover_key", "role", "page_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    role: Mapped[str] = mapped_column(String(20))
    page_number: Mapped[int] = mapped_column(default=0)
    cover_key: Mapped[str] = mapped_column(String(64), default="")
    covers: Mapped[list[Any]] = mapped_column(default=list)
    storage_key: Mapped[str] = mapped_column(String(120), unique=True)
    mime: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]

    file: Mapped[StoredFile] = relationship(back_populates="renditions")
