"""A visitor without JavaScript: reads forms from pages, fills and sends them as a browser would."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from contest.clock import utcnow
from contest.models import LoginDelay, db
from contest.models.database import writing


class _Fields(HTMLParser):
    """The fields of every form of a page, with the values a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, Any], list[tuple[str, str]]]] = []
        self._textarea: str | None = None
        self._select: str | None = None
        self._chosen = False
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {k: v if v is not None else "" for k, v in attrs}
        if tag == "form":
            self.forms.append((found, []))
        elif not self.forms:
            return
        elif tag == "input" and "name" in found and "disabled" not in found:
            kind = found.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in found or kind in ("file", "submit"):
                return
            self.forms[-1][1].append((found["name"], found.get("value", "on" if kind == "checkbox" else "")))
        elif tag == "textarea":
            self._textarea = found.get("name", "")
            self.forms[-1][1].append((self._textarea, ""))
        elif tag == "select":
            self._select, self._chosen, self._first = found.get("name"), False, None
        elif tag == "option" and self._select:
            value = found.get("value", "")
            self._first = value if self._first is None else self._first
            if "selected" in found:
                self.forms[-1][1].append((self._select, value))
                self._chosen = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        elif tag == "select" and self._select:
            if not self._chosen and self._first is not None:
                self.forms[-1][1].append((self._select, self._first))
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            name, value = self.forms[-1][1][-1]
            self.forms[-1][1][-1] = (name, value + data)


def words_of(page: TestResponse) -> str:
    """The page with every run of white space as one space, as a reader sees its sentences."""
    return " ".join(page.text.split())


def forms_of(page: TestResponse) -> list[tuple[dict[str, Any], list[tuple[str, str]]]]:
    """Every form of a page as (attributes, fields); the one that signs out, on every page of the workspace, left out."""
    parser = _Fields()
    parser.feed(page.text)
    return [form for form in parser.forms if form[0].get("action") != "/accounts/logout"]


def token_of(client: FlaskClient, path: str = "/accounts/login") -> str:
    """A CSRF token for this browser's session."""
    for _, fields in forms_of(client.get(path)):
        for name, value in fields:
            if name == "csrf_token":
                return value
    raise AssertionError(f"no form on {path}")


def send(
    client: FlaskClient, path: str, *, form: int = 0, to: str | None = None, **values: Any
) -> TestResponse:
    """Open a page, fill its form number `form` and send it; values of None leave a field out."""
    page = client.get(path)
    assert page.status_code == 200, f"{path}: {page.status_code}"
    attributes, fields = forms_of(page)[form]
    data: dict[str, Any] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    for name, value in values.items():
        if value is None:
            data.pop(name, None)
        else:
            data[name] = value
    return client.post(to or attributes.get("action") or path, data=data)


def go_on(client: FlaskClient, refused: TestResponse, who: str, password: str) -> TestResponse:
    """Sign in on the page that kept a refused form, and send the form it then offers again."""
    answer = refused
    for typed in ({"email": f"{who}@kheo.example", "password": password}, {}):
        attributes, fields = forms_of(answer)[0]
        answer = client.post(attributes["action"], data=dict(fields) | typed)
    return answer


def stretch_waits(app: Flask) -> None:
    """Who has to wait some seconds after guessing waits ten minutes, so that a slow machine does not sit it out."""
    with app.app_context(), writing():
        waits = db.update(LoginDelay).where(LoginDelay.next_try_at > LoginDelay.last_failure_at)
        db.session.execute(waits.values(next_try_at=utcnow() + timedelta(minutes=10)))
        db.session.commit()


class Statements:
    """Counts the statements of a request."""

    def __init__(self, app: Flask) -> None:
        self.app, self.seen = app, []

    def __enter__(self) -> list[str]:
        with self.app.app_context():
            self.engine = db.engine
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self.seen

    def _note(self, conn, cursor, statement, *rest) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
            self.seen.append(statement)

    def __exit__(self, *error: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)
