"""Tries to sign in that count for nothing are forgotten beside those that somebody is counting on."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select, text

from contest.clock import utcnow
from contest.models import LoginDelay, db
from contest.models.database import writing
from contest.services.accounts import passwords


def test_forgetting_old_tries_waits_for_nobody(app: Flask) -> None:
    now = utcnow()
    old = now - 2 * passwords.MEMORY
    with app.app_context():
        with writing():
            for key in ("account:a", "account:b"):
                db.session.add(LoginDelay(key=key, failures=1, last_failure_at=old, next_try_at=old))
            db.session.commit()
        with db.engine.connect() as other:
            other.execute(select(LoginDelay.key).where(LoginDelay.key == "account:a").with_for_update())
            with writing():
                db.session.execute(text("SET LOCAL lock_timeout = '1s'"))
                passwords.forget_old(now=now)
                db.session.commit()
        assert db.session.scalars(select(LoginDelay.key)).all() == ["account:a"]
        with writing():
            passwords.forget_old(now=now + timedelta(seconds=1))
            db.session.commit()
        assert db.session.scalars(select(LoginDelay.key)).all() == []
