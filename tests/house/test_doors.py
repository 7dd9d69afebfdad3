"""Every door is public by its file or carries a permission; every permission has a rule."""

from __future__ import annotations

from flask import Flask

from contest.domain.permissions import RULES, Permission


def test_every_route_is_public_by_file_or_guarded(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint == "static":
            continue
        in_public_file = view.__module__.endswith(".public")
        assert in_public_file or isinstance(getattr(view, "permission", None), Permission), rule.endpoint
        assert view.__module__.replace("contest.web.", "") == rule.endpoint.rsplit(".", 1)[0], (
            "endpoint names its file"
        )


def test_every_permission_has_a_rule_and_no_rule_is_empty() -> None:
    assert set(RULES) == set(Permission)
    assert all(clause for clauses in RULES.values() for clause in clauses)


def test_signed_out_visitors_meet_the_login_page_everywhere(app: Flask) -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if not hasattr(view, "permission") or "GET" not in (rule.methods or ()):
            continue
        path = rule.rule
        for argument in rule.arguments:
            for prefix in ("int:", "path:", ""):
                path = path.replace(f"<{prefix}{argument}>", "1")
        answer = client.get(path)
        assert answer.status_code == 303, rule
        assert "/accounts/login" in answer.headers["Location"]


# Doors of one dossier that show nothing of it: the page that asks, the days of a paper dossier, one's own draft's files.
NAMELESS = {"entries.secretary.open_dossier", "entries.clerk.days", "media.secretary.take_in"}


def test_every_door_of_a_dossier_keeps_who_opened_it(app: Flask) -> None:
    doors = ("/dossiers/<public_id>", "/screening/<public_id>")
    found = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith(doors)}
    unkept = {door for door in found if not getattr(app.view_functions[door], "shows_names", False)}
    assert unkept == NAMELESS
