"""Indentation of templates is not sent, but it keeps attributes and words apart."""

from __future__ import annotations

from flask import Flask, render_template_string


def test_what_follows_a_block_on_the_next_line_stays_apart(app: Flask) -> None:
    with app.test_request_context():
        shown = render_template_string(
            '<b{% if true %}\n    class="late"{% endif %}>Đã{% if true %}\n      chấm{% endif %}</b>'
        )
    assert shown == '<b class="late">Đã chấm</b>'


def test_lines_begin_at_their_first_word(app: Flask) -> None:
    with app.test_request_context():
        assert (
            render_template_string("<p>\n    chữ\n    {% if true %}\n      khác\n    {% endif %}\n</p>")
            == "<p>\nchữ\n khác\n</p>"
        )
