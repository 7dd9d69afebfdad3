"""Organisations over time, and the models and exemplars (mô hình, điển hình) works are about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.models.database import Base


class OrgUnit(Base):
    """A unit or press agency under one name in one span of time; `valid_to` is the last day, inclusive."""

    __tablename__ = "org_units"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    short_name: Mapped[str] = mapped_column(String(200), default="")
    fold: Mapped[str] = mapped_column(String(500), index=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    is_press_agency: Mapped[bool] = mapped_column(default=False, index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text, default="")

    parent: Mapped[OrgUnit | None] = relationship(remote_side=[id])


class OrgUnitSuccession(Base):
    """`unit` was followed by `successor`, wholly or for a part of its area."""

    __tablename__ = "org_unit_successions"
    __table_args__ = (UniqueConstraint("unit_id", "successor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_units.id"), index=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("org_units.id"), index=True)


class Exemplar(Base):
    """A model or exemplar with the fields of the plan's registration form (31-KH/TU, annex).

    Its content (column 5) has three parts; `summary` is what was written down as one before.
    """

    __tablename__ = "exemplars"
    __table_args__ = (
        CheckConstraint("subject_kind IN ('collective','individual')", name="subject_kind_known"),
        CheckConstraint("novelty IN ('new','replicated')", name="novelty_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    fold: Mapped[str] = mapped_column(String(400), index=True)
    field: Mapped[str] = mapped_column(String(120), index=True)
    subject_kind: Mapped[str] = mapped_column(String(20))
    novelty: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"), index=True)
    unit_name: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(400), default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    implementers: Mapped[str] = mapped_column(Text, default="")
    expected_result: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    registered_year: Mapped[int | None]
    is_proposed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)

    unit: Mapped[OrgUnit | None] = relationship()
