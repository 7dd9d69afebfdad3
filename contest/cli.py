"""Commands by noun (`flask --app contest …`), each a thin call into services."""

from __future__ import annotations

import click
from flask import Flask

from contest.clock import utcnow
from contest.domain.errors import UserError
from contest.models.database import writing
from contest.occupancy import Occupied, alone, one_start_at_a_time


def init_commands(app: Flask) -> None:
    """Register the commands."""

    @app.cli.command("create-operator")
    @click.option("--name", prompt="Họ và tên")
    @click.option("--email", prompt="Địa chỉ thư điện tử")
    @click.password_option(prompt="Mật khẩu")
    def create_operator(name: str, email: str, password: str) -> None:
        """Make the first operator of a new installation. On SQLite the site must be stopped."""
        from flask_migrate import upgrade

        from contest.services.accounts import operating, passwords

        try:
            hashed = passwords.hash_password(password)
            with alone(app.config["SETTINGS"]):
                with one_start_at_a_time():
                    upgrade()  # right after installation there are no tables yet
                with writing():
                    account = operating.create_operator(
                        name=name, email=email, password_hash=hashed, now=utcnow()
                    )
        except (UserError, Occupied) as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"Đã tạo người vận hành {account.display_name} <{account.email}>.")
