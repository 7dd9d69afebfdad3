"""Refusals: sentences in Vietnamese that say what happened and what to do now."""

from __future__ import annotations


class UserError(Exception):
    """Something a person can put right. `field` names the form field it is about; `status` is for the doors."""

    status = 422

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidTransition(UserError):
    """The thing is not in a state in which this can be done."""

    status = 409


class StaleVersion(UserError):
    """Somebody, or another tab, has saved in between."""

    status = 409


class NotReady(UserError):
    """What is needed for this is still being prepared."""

    status = 409


class NotAllowed(UserError):
    """The person may come in, but not do this."""

    status = 403


class TooLarge(UserError):
    """More bytes than the limit."""

    status = 413


class UnsupportedFile(UserError):
    """A file whose content is not what the slot takes, or is dangerous."""

    status = 415


class StorageFull(UserError):
    """No room left to keep what was sent."""

    status = 507
