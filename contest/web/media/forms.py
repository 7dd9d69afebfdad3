"""Shapes of sending and removing files."""

from __future__ import annotations

from wtforms import HiddenField, MultipleFileField
from wtforms.validators import InputRequired, Length

from contest.web.forms import Form


class UploadForm(Form):
    """Files chosen in a plain form."""

    files = MultipleFileField("Tệp", [InputRequired()])


class RemoveForm(Form):
    """Which file to take out."""

    file = HiddenField(validators=[InputRequired(), Length(max=32)])


class ImportForm(Form):
    """Which file of the folder of imports to take."""

    name = HiddenField(validators=[InputRequired(), Length(max=255)])
