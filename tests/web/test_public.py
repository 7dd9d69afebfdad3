"""Public pages: kept under a key that moves with what they show, and absent before their hour."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pypdfium2
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from contest import create_app
from contest.clock import utcnow
from contest.config import Settings
from contest.models import Publication, db
from contest.models.database import Base, writing
from contest.services import registry
from contest.services.contests import changing, extending, site
from contest.services.judging import reading as judging
from contest.services.results import closing, prizes, publishing, shortlisting
from contest.web import cache
from tests.browsing import words_of
from tests.cast import Stage, make_stage


def judged(app: Flask) -> Stage:
    """A contest whose final is closed and nothing published."""
    stage = make_stage(app, utcnow(), rounds__0__min_sheets=1, rounds__1__min_sheets=1)
    stage.accepted(2)
    for position in (0, 1):
        round_, _ = stage.panel(judges=1, position=position, name=f"Hội đồng {position}")
        stage.open_round(round_)
        stage.judge_all(round_, {e.id: [str(90 - i)] for i, e in enumerate(judging.entries_in_round(round_))})
        closing.close_round(round_, waive_unsigned=True, actor=stage.actor("judge0"), now=stage.now)
        if position == 0:
            shortlisting.apply_shortlist(round_, actor=None, now=stage.now)
    return stage


def test_the_front_page_is_kept_compressed_and_answers_304(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), writing():
        make_stage(app, utcnow())
    first = client.get("/c/thu", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip" and len(first.data) < 15_000
    again = client.get("/c/thu", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code in (200, 304)
    assert len(client.get("/c/thu").data) < 80_000


def test_a_kept_page_costs_one_statement_and_moves_with_the_rules_and_the_name(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), writing():
        stage = make_stage(app, utcnow())
    client.get("/c/thu")
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(conn, cursor, statement, *rest) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    client.get("/c/thu")
    event.remove(engine, "before_cursor_execute", note)
    assert len([s for s in seen if s.startswith("SELECT")]) <= 1
    with app.app_context(), writing():
        stage.reload()
        day = changing.rulebook_at(
            changing.latest_version(stage.contest.id)
        ).windows.submitted.to + timedelta(days=3)
        extending.extend_deadline(
            stage.contest,
            new_day=day,
            reason="Bão số 9",
            document_number="7-TB/BTC",
            actor=stage.actor("organizer"),
            now=utcnow(),
        )
        site.change_settings(name="Tên trang mới", owner="", actor=stage.actor("operator"), now=utcnow())
    page = client.get("/c/thu").text
    assert "Bão số 9" in page and "Tên trang mới" in page


def test_results_do_not_exist_before_their_hour(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), writing():
        stage = judged(app)
    absent = client.get("/c/thu/khong-co")
    assert client.get("/c/thu/results").status_code == 404
    with app.app_context(), writing():
        stage.reload()
        stage.make_copies()
        works = publishing.preview(stage.contest).works
        publishing.publish(
            stage.contest, publish_at=utcnow() + timedelta(hours=1), decision="", correction_note="", expected="", actor=stage.actor("organizer"), now=utcnow()
        )  # fmt: skip
    for path in ("/c/thu/results", "/c/thu/results/1", f"/c/thu/works/{works[0].slug}"):
        answer = client.get(path)
        assert (answer.status_code, answer.data) == (404, absent.data), path
    assert "Xem kết quả" not in client.get("/c/thu").text
    with app.app_context(), writing():  # the hour comes to the publication
        db.session.execute(db.update(Publication).values(publish_at=utcnow() - timedelta(seconds=1)))
        db.session.commit()
    assert "Tác phẩm 01" in client.get("/c/thu/results").text
    assert client.get(f"/c/thu/works/{works[0].slug}").status_code == 200
    assert "Xem kết quả" in words_of(client.get("/c/thu"))


def test_the_list_of_winners_is_a_paper_once_it_is_public(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), writing():
        stage = judged(app)
    assert client.get("/c/thu/results/1/winners.pdf").status_code == 404
    with app.app_context(), writing():
        stage.reload()
        publish_now(stage)
    answer = client.get("/c/thu/results/1/winners.pdf")
    assert answer.mimetype == "application/pdf"
    paper = pypdfium2.PdfDocument(answer.data)
    text = " ".join(" ".join(p.get_textpage().get_text_range().split()) for p in paper)
    assert "Tác phẩm 01" in text and "Quyết định 7" in text and "Báo Quảng Ngãi" in text
    assert client.get("/c/thu/results/2/winners.pdf").status_code == 404


def test_prizes_for_agencies_have_a_tab_where_the_rules_know_them(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), writing():
        stage = judged(app)
        publish_now(stage)
    assert "?category=collective" in client.get("/c/thu/results").text
    empty = words_of(client.get("/c/thu/results?category=collective"))
    assert "Không có giải tập thể" in empty and "Tác phẩm 01" not in empty
    with app.app_context(), writing():
        stage.reload()
        prizes.adjust_prizes(
            stage.contest, kind="collective", tier="Giải Tập thể", category_key="", recipient="Báo Quảng Ngãi",
            value_vnd=5_000_000, reason="Nhiều tác phẩm", actor=stage.actor("organizer"), now=utcnow(),
        )  # fmt: skip
        publish_now(stage, note="Thêm giải tập thể")
    shown = words_of(client.get("/c/thu/results?category=collective"))
    assert "Báo Quảng Ngãi" in shown and "Nhiều tác phẩm" in shown


def test_the_front_page_says_how_much_was_written_about_a_model(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), writing():
        stage = judged(app)
        quiet = registry.create_exemplar(
            actor=None, now=stage.now, name="Mô hình chưa ai viết", field="Kinh tế", subject_kind="collective",
            novelty="new", unit_name="Xã Ba Vinh",
        )  # fmt: skip
        db.session.commit()
        assert publishing.count_works_about([quiet.id], now=utcnow()) == {}
        publish_now(stage)
        ranked = publishing.most_portrayed(limit=4, now=utcnow())
        assert [n for _, n in ranked] == sorted((n for _, n in ranked), reverse=True)
    assert "Mô hình chưa ai viết" in words_of(client.get("/c/thu"))


def publish_now(stage: Stage, note: str = "") -> None:
    stage.make_copies()
    publishing.publish(
        stage.contest, publish_at=None, decision="Quyết định 7", correction_note=note, expected="",
        actor=stage.actor("organizer"), now=utcnow(),
    )  # fmt: skip


def test_a_page_with_somebodys_name_is_never_shared(app: Flask, client: FlaskClient) -> None:
    from tests.browsing import send
    from tests.cast import PASSWORD

    with app.app_context(), writing():
        make_stage(app, utcnow())
    send(client, "/accounts/login", email="author@kheo.example", password=PASSWORD)
    answer = client.get("/c/thu", headers={"Accept-Encoding": "gzip"})
    assert "no-store" in answer.headers["Cache-Control"] and "Content-Encoding" not in answer.headers


def test_health_says_when_the_database_is_broken_or_gone(tmp_path: Path) -> None:
    database = tmp_path / "kheo.sqlite3"
    app = create_app(Settings(f"sqlite:///{database}", tmp_path / "uploads", "k" * 40))
    client = app.test_client()
    assert client.get("/healthz").status_code == 503, "there are no tables"
    with app.app_context(), writing():
        Base.metadata.create_all(db.engine)
    assert client.get("/healthz").status_code == 200
    with app.app_context():
        db.engine.dispose()
    for ending in ("", "-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    database.write_bytes(b"not a database at all" * 100)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.data) == (503, b"unavailable\n")


def test_health_says_whether_database_and_storage_work(app: Flask, client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    folder = app.config["SETTINGS"].upload_dir / "incoming"
    aside = folder.rename(folder.with_name("aside"))
    try:
        assert client.get("/healthz").status_code == 503
    finally:
        aside.rename(folder)


def test_one_file_is_packed_once_however_its_address_is_written(client: FlaskClient) -> None:
    for detour in ("", "./", "././", "vendor/../"):
        answer = client.get(f"/static/{detour}js/app.js", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200 and answer.headers["Content-Encoding"] == "gzip"
    assert len([key for key in cache._statics if "js/app.js" in key]) == 1
