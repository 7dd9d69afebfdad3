"""Shapes of the steps of an entry."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields import FileField, FormField, SelectMultipleField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from contest.domain.rulebook import Rulebook
from contest.domain.vietnamese import format_int
from contest.models import EntryVersion
from contest.services.entries.authors import AuthorInput
from contest.services.entries.correcting import Credits
from contest.services.entries.drafting import DraftInput, ExemplarInput, PartInput
from contest.web.asked import row_id
from contest.web.forms import (
    LONG_TEXT,
    Day,
    Form,
    Line,
    Paragraphs,
    Rows,
    Several,
    Whole,
    no_bad_link,
    one_address,
)


def picked(field: HiddenField) -> int | None:
    """The row of the list that a script has put beside a name; without scripts the one that the page was opened with."""
    return row_id(field.data) if field.data not in (None, "") else None


class StepForm(Form):
    """What every step carries: the version and revision it was opened at, and where to go next."""

    number = HiddenField()
    revision = HiddenField()
    go = HiddenField()


def _filled(rows: Several) -> list[Any]:
    """The rows in which anything at all was typed or chosen: a draft keeps them, the rules ask for the rest."""
    return [r.form for r in rows if any(_says_something(field) for field in r.form)]


def _says_something(field: Any) -> bool:
    if isinstance(field, HiddenField | FileField) or field.data is False:
        return False
    return field.data not in (None, "", field.default)


class WorkForm(StepForm):
    """Step 1: what the work is."""

    title = Line("Tên tác phẩm", [Optional(), Length(max=300)])
    media_type = SelectField("Loại hình", [Optional()])
    genre = SelectField("Thể loại", [Optional()])
    field = SelectField("Lĩnh vực", [Optional()])
    summary = Paragraphs("Tóm tắt nội dung", [Optional(), Length(max=3000)])
    agency_name = Line("Cơ quan báo chí đã đăng, phát", [Optional(), Length(max=300)])
    agency_id = HiddenField()
    unit_id = HiddenField()
    unit_name = Line(
        "Đơn vị gửi",
        [Optional(), Length(max=300)],
        description="Cơ quan, hội, địa phương gửi dự thi, nếu có.",
    )

    def offer(self, rulebook: Rulebook) -> None:
        """Fill the choices from the rulebook; genres of all media types, the rule checks that they fit."""
        genres = dict.fromkeys(g for m in rulebook.media_types for g in m.genres)
        self.media_type.choices = [
            ("", "Chọn loại hình", {}),
            *((m.key, m.name, {"data-genres": "|".join(m.genres)}) for m in rulebook.media_types),
        ]
        self.genre.choices = [("", "Chọn thể loại"), *((g, g) for g in genres)]
        self.field.choices = [("", "Chọn lĩnh vực"), *((f, f) for f in rulebook.contest.fields)]

    def content(self) -> DraftInput:
        """What was typed."""
        return DraftInput(
            title=self.title.data, media_type=self.media_type.data or "", genre=self.genre.data or "",
            field=self.field.data or "", summary=self.summary.data, agency_name=self.agency_name.data,
            agency_id=picked(self.agency_id), unit_name=self.unit_name.data, unit_id=picked(self.unit_id),
        )  # fmt: skip


NATIONALITIES = [
    ("vietnamese", "Việt Nam"),
    ("overseas_vietnamese", "Người Việt Nam ở nước ngoài"),
    ("foreign", "Nước ngoài"),
]


class AuthorRow(Rows):
    """One author."""

    legal_name = Line("Họ và tên", [Optional(), Length(max=200)])
    pen_name = Line("Bút danh", [Optional(), Length(max=200)])
    credit_role = SelectField("Vai trò", [Optional(), Length(max=40)], validate_choice=False)
    birth_year = Whole("Năm sinh", [Optional(), NumberRange(1920, 2015)])
    phone = Line("Điện thoại", [Optional(), Length(max=40)])
    email = Line("Địa chỉ thư điện tử", [Optional(), Length(max=254), one_address])
    press_card = Line("Số thẻ nhà báo", [Optional(), Length(max=60)])
    nationality = SelectField("Quốc tịch", choices=NATIONALITIES, default="vietnamese")
    unit_name = Line("Đơn vị công tác", [Optional(), Length(max=300)])
    unit_id = HiddenField()
    is_contact = BooleanField("Người liên hệ")


class PeopleForm(StepForm):
    """Step 2: the authors in the order of the certificate."""

    authors = Several(FormField(AuthorRow), max_entries=20)

    def offer(self, rulebook: Rulebook) -> None:
        """The credit roles of the rulebook."""
        _offer_roles(self.authors, rulebook)

    def content(self) -> DraftInput:
        """The authors of whom anything is said."""
        return DraftInput(authors=_authors(self.authors))


def _offer_roles(authors: Several, rulebook: Rulebook) -> None:
    for row in authors:
        row.form.credit_role.choices = [
            ("", "Chọn vai trò"),
            *((c.key, c.name) for c in rulebook.credit_roles),
        ]


def _authors(authors: Several) -> list[AuthorInput]:
    """The authors of whom anything is said."""
    return [
        AuthorInput(
            legal_name=f.legal_name.data or "", pen_name=f.pen_name.data or "", birth_year=f.birth_year.data,
            phone=f.phone.data or "", email=f.email.data or "", press_card=f.press_card.data or "",
            credit_role=f.credit_role.data or "", nationality=f.nationality.data or "vietnamese",
            unit_name=f.unit_name.data or "", unit_id=picked(f.unit_id), is_contact=f.is_contact.data,
        )
        for f in _filled(authors)
    ]  # fmt: skip


class CorrectionForm(Form):
    """Names, authors, title and agency of an accepted entry, as they should have been; the version they were read from."""

    number = HiddenField()
    title = Line("Tên tác phẩm", [InputRequired(), Length(max=300)])
    agency_name = Line("Cơ quan báo chí đã đăng, phát", [Optional(), Length(max=300)])
    authors = Several(FormField(AuthorRow), max_entries=20)
    reason = Paragraphs(
        "Lý do, căn cứ", [InputRequired(), Length(max=1000)], description="Ví dụ: công văn xác nhận của cơ quan báo chí."
    )  # fmt: skip

    def offer(self, rulebook: Rulebook) -> None:
        """The credit roles of the rulebook."""
        _offer_roles(self.authors, rulebook)

    def content(self) -> Credits:
        """What was typed, with the authors of whom anything is said."""
        return Credits(self.title.data or "", self.agency_name.data or "", _authors(self.authors))


class PartRow(Rows):
    """One part."""

    title = Line("Tên kỳ, tập", [Optional(), Length(max=300)])
    outlet_name = Line("Nơi đăng, phát", [Optional(), Length(max=300)])
    outlet_id = HiddenField()
    published_on = Day("Ngày đăng, phát", [Optional()])
    detail = Line("Số báo, trang, chuyên mục, kênh, giờ phát", [Optional(), Length(max=300)])
    url = Line("Liên kết", [Optional(), Length(max=1000), no_bad_link])
    minutes = Whole("Thời lượng (phút)", [Optional(), NumberRange(0, 600)])
    text = Paragraphs("Nội dung", [Optional(), Length(max=100_000)])
    # Only read by the door that takes text out of a file; saving a step leaves it alone.
    source = FileField("Tệp Word hoặc PDF")


class PartsForm(StepForm):
    """Step 3: the parts in order."""

    parts = Several(FormField(PartRow), max_entries=20)

    def validate(self, extra_validators: Any = None) -> bool:
        """All texts together fit into one sending."""
        fine = super().validate(extra_validators)
        length = sum(len(row.form.text.data or "") for row in self.parts)
        if length > LONG_TEXT:
            self.form_errors.append(
                f"Nội dung các kỳ cộng lại dài {format_int(length)} ký tự, nhiều hơn {format_int(LONG_TEXT)}. "
                "Hãy rút gọn, hoặc gửi nội dung bằng tệp ở bước sau."
            )
        return fine and length <= LONG_TEXT

    def content(self) -> DraftInput:
        """The parts that say anything."""
        return DraftInput(
            parts=[
                PartInput(
                    title=f.title.data or "", outlet_name=f.outlet_name.data or "", outlet_id=picked(f.outlet_id), published_on=f.published_on.data,
                    detail=f.detail.data or "", url=f.url.data or "", minutes=f.minutes.data, text=f.text.data or "",
                )
                for f in _filled(self.parts)
            ]
        )  # fmt: skip


class ExemplarRow(Rows):
    """One model or exemplar the work is about."""

    public_id = HiddenField()
    name = Line("Mô hình, điển hình", [Optional(), Length(max=300)])
    unit_name = Line("Đơn vị, địa phương", [Optional(), Length(max=300)])
    unit_id = HiddenField()


class SubjectForm(StepForm):
    """Step 5: models and units portrayed."""

    exemplars = Several(FormField(ExemplarRow), max_entries=20)

    def content(self) -> DraftInput:
        """The rows that name a model, a unit or both."""
        found = [
            ExemplarInput(
                name=f.name.data or "",
                public_id=f.public_id.data or "",
                unit_name=f.unit_name.data or "",
                unit_id=picked(f.unit_id),
            )  # fmt: skip
            for f in _filled(self.exemplars)
        ]
        return DraftInput(exemplars=found)


LEVELS = [
    ("", "Chọn cấp"),
    ("national", "Quốc gia"),
    ("provincial", "Cấp tỉnh"),
    ("sector", "Ngành"),
    ("other", "Khác"),
]


class AwardRow(Rows):
    """One prior award."""

    contest = Line("Cuộc thi, giải", [Optional(), Length(max=300)])
    organizer = Line("Đơn vị tổ chức", [Optional(), Length(max=300)])
    year = Whole("Năm", [Optional(), NumberRange(1980, 2100)])
    level = SelectField("Cấp", choices=LEVELS)


class DeclarationsForm(StepForm):
    """Step 6: prior awards and declarations."""

    prior = RadioField(
        "Tác phẩm đã đạt giải ở nơi khác?",
        [Optional()],
        choices=[("no", "Chưa đạt giải nào"), ("yes", "Đã đạt giải, khai dưới đây")],
    )
    awards = Several(FormField(AwardRow), max_entries=10)
    declarations = SelectMultipleField(
        "Cam kết", [Optional()], option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )

    def offer(self, rulebook: Rulebook) -> None:
        """The sentences of the rulebook."""
        self.declarations.choices = [(d.key, d.text) for d in rulebook.declarations]

    def content(self) -> DraftInput:
        """What was declared."""
        awards = [
            {
                "contest": f.contest.data or "",
                "organizer": f.organizer.data or "",
                "year": f.year.data,
                "level": f.level.data or "",
            }
            for f in _filled(self.awards)
        ]
        said_no = self.prior.data == "no"
        return DraftInput(
            no_prior_awards=said_no if self.prior.data else None,
            prior_awards=[] if said_no else awards,
            declarations=self.declarations.data or [],
        )


def as_typed(step: str, version: EntryVersion) -> dict[str, object]:
    """A version as the values of a step's form; one empty row more than there are."""
    if step == "people":
        return {"authors": [*version.authors, {}]}
    if step == "parts":
        return {"parts": [*version.parts, {}]}
    if step == "subject":
        rows = [
            {
                "public_id": e.exemplar.public_id if e.exemplar else "",
                "name": e.name,
                "unit_name": e.unit_name,
                "unit_id": e.unit_id,
            }
            for e in version.exemplars
        ]
        return {"exemplars": [*rows, {}]}
    if step == "declarations":
        said_yes = version.no_prior_awards is False or version.prior_awards
        prior = "yes" if said_yes else "no" if version.no_prior_awards else None
        return {"prior": prior, "awards": [*version.prior_awards, {}], "declarations": version.declarations}
    names = (
        "title",
        "media_type",
        "genre",
        "field",
        "summary",
        "agency_name",
        "agency_id",
        "unit_name",
        "unit_id",
    )
    return {name: getattr(version, name) for name in names}


class SubmitForm(Form):
    """The button at the end of the review."""

    number = HiddenField()
    revision = HiddenField()
    answer = Paragraphs("Trả lời câu hỏi của Tổ Thư ký", [Optional(), Length(max=3000)])


class WithdrawForm(Form):
    """Taking an entry back."""

    reason = Paragraphs("Lý do rút", [Optional(), Length(max=1000)])


class OpeningForm(Form):
    """The button that opens a dossier although it costs a work: `onward` to the page asked for, or with the form that waits."""

    onward = HiddenField()
    resume = HiddenField()


class StartForm(Form):
    """The button that starts a draft; the key makes a double click one draft."""

    key = HiddenField(validators=[Length(max=80)])


class DaysForm(Form):
    """When a paper dossier came and was posted; both empty for one handed over in person today."""

    received_on = Day("Ngày nhận hồ sơ giấy", [Optional()])
    postmarked_on = Day("Ngày trên dấu bưu điện", [Optional()])


class ReceiveForm(DaysForm):
    """A new dossier; the key makes a double click one draft."""

    key = HiddenField(validators=[Length(max=80)])


STEPS: dict[str, tuple[str, type[StepForm] | None]] = {
    "work": ("Tác phẩm", WorkForm),
    "people": ("Tác giả", PeopleForm),
    "parts": ("Các kỳ, tập", PartsForm),
    "files": ("Tệp kèm theo", None),
    "subject": ("Mô hình được viết", SubjectForm),
    "declarations": ("Cam kết, giải đã đạt", DeclarationsForm),
    "review": ("Xem lại và nộp", None),
}
