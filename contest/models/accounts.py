"""People, their accounts, and the roles they hold in contests."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.models.database import Base

if TYPE_CHECKING:
    from contest.models.contests import Contest


class Person(Base):
    """A human being behind authors, judges and members. Limits, exclusions and conflicts count persons."""

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    legal_name: Mapped[str] = mapped_column(String(200))
    name_fold: Mapped[str] = mapped_column(String(200), index=True)
    birth_year: Mapped[int | None]
    phone: Mapped[str | None] = mapped_column(String(40), index=True)
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    pen_names: Mapped[list[str]] = mapped_column(default=list)
    agency_name: Mapped[str] = mapped_column(String(300), default="")
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"))
    unit_name: Mapped[str] = mapped_column(String(300), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"))
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    created_at: Mapped[datetime]

    account: Mapped[Account | None] = relationship(back_populates="person")


class Account(Base):
    """A way to sign in. One person has at most one."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    display_name: Mapped[str] = mapped_column(String(200))
    is_operator: Mapped[bool] = mapped_column(default=False)
    is_disabled: Mapped[bool] = mapped_column(default=False)
    email_confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)

    person: Mapped[Person] = relationship(back_populates="account", lazy="joined")
    memberships: Mapped[list[Membership]] = relationship(
        back_populates="account", foreign_keys="Membership.account_id"
    )


class Membership(Base):
    """A role of one account in one contest. Judges sit in a panel; a panel chair is a judge with `is_chair`."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint(
            "role IN ('organizer','secretary','judge','author','clerk','steering')", name="role_known"
        ),
        CheckConstraint("(role = 'judge') = (panel_id IS NOT NULL)", name="judge_has_panel"),
        CheckConstraint("role = 'judge' OR NOT is_chair", name="chair_is_judge"),
        # A role is held once at a time; two indexes, because NULL never equals NULL.
        Index(
            "uq_memberships_active_role",
            "contest_id",
            "account_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND panel_id IS NULL"),
            postgresql_where=text("ended_at IS NULL AND panel_id IS NULL"),
        ),
        Index(
            "uq_memberships_active_panel",
            "account_id",
            "panel_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND panel_id IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND panel_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    panel_id: Mapped[int | None] = mapped_column(ForeignKey("panels.id"))
    is_chair: Mapped[bool] = mapped_column(default=False)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"))
    agency_name: Mapped[str] = mapped_column(String(300), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_units.id"))
    unit_name: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(500))
    declared_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(
        back_populates="memberships", foreign_keys=[account_id], lazy="joined"
    )


class SignIn(Base):
    """One signed-in browser or tablet; the cookie carries the token whose hash stands here."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(200), default="")

    account: Mapped[Account] = relationship(lazy="joined")


class AccessToken(Base):
    """A link sent to somebody: invitation, confirmation, reset, e-mail change. Stored hashed, used once."""

    __tablename__ = "access_tokens"
    __table_args__ = (
        CheckConstraint("purpose IN ('invite','confirm','reset','email_change')", name="purpose_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    contest_id: Mapped[int | None] = mapped_column(ForeignKey("contests.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    contest: Mapped[Contest | None] = relationship()


class LoginDelay(Base):
    """Failures per account and per network; the answer to guessing is waiting, never a closed account."""

    __tablename__ = "login_delays"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_failure_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
