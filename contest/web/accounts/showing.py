"""An invitation on a screen: its address as text and as QR, for people who are not reached by mail."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from flask import current_app

from contest.services.accounts.members import Invitation


@dataclass(frozen=True)
class ShownLink:
    """What is shown once: for whom, the address, its QR as a picture, and what to know of this person."""

    name: str
    address: str
    qr: str
    warning: str


def on_screen(made: Invitation) -> ShownLink:
    """A fresh invitation as it is shown."""
    address = current_app.config["SETTINGS"].base_url + made.path
    qr = segno.make(address, error="m").svg_data_uri(scale=5, border=2)
    return ShownLink(str(made.row.payload["name"]), address, qr, made.warning)
