"""The list of devices names browsers in words people know."""

from __future__ import annotations

import pytest

from contest.web.accounts.devices import device_words


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge trên máy Windows"),
        ("Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36", "Chrome trên máy Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile Safari/604.1", "Safari trên iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox trên máy Linux"),
        ("", "Trình duyệt khác trên thiết bị không rõ"),
    ],
)  # fmt: skip
def test_a_device_is_named_by_browser_and_machine(agent: str, words: str) -> None:
    assert device_words(agent) == words
