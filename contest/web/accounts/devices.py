"""Browsers: known ones, so that guesses made elsewhere do not make their owner wait, and words for them."""

from __future__ import annotations

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

LIFE_SECONDS = 365 * 24 * 3600

# What a browser calls itself, the more particular first: Edge and Cốc Cốc also say Chrome, Chrome also says Safari.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "coc_coc_browser": "Cốc Cốc",
    "SamsungBrowser": "Samsung Internet",
    "Zalo": "Zalo",
    "FBAN": "Facebook",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
MACHINES = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "máy Android",
    "Windows": "máy Windows",
    "Macintosh": "máy Mac",
    "Linux": "máy Linux",
}


def device_words(agent: str) -> str:
    """A signed-in browser in words its owner knows it by: “Chrome trên máy Windows”."""
    browser = next((words for sign, words in BROWSERS.items() if sign in agent), "Trình duyệt khác")
    machine = next((words for sign, words in MACHINES.items() if sign in agent), "thiết bị không rõ")
    return f"{browser} trên {machine}"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="known device")


def _name() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def remember_device(answer: Response, email: str) -> Response:
    """Mark this browser as one where the account with this address has signed in."""
    answer.set_cookie(
        _name(), _signer().dumps(email.strip().casefold()), max_age=LIFE_SECONDS, httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return answer


def is_known_device(email: str) -> bool:
    """Whether the account with this address has signed in here before."""
    try:
        known = _signer().loads(request.cookies.get(_name(), ""))
    except BadSignature:
        return False
    return bool(known == email.strip().casefold())
