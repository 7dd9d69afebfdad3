"""What the contest is and when: name, bodies, contact, and all windows, as forms."""

from __future__ import annotations

from wtforms import SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contest.web.contests.parts import ARTICLE, Data, Group, Row, RowList, SectionForm, given, lines
from contest.web.forms import Day, Line, Paragraphs, Whole

PAPERS = ("heading", "issuer", "place")
CONTACT = ("office", "address", "phone", "email")
HEADINGS = [
    ("party", "văn bản của Đảng: Đảng Cộng sản Việt Nam"),
    ("state", "văn bản hành chính: Quốc hiệu, Tiêu ngữ"),
]
SPANS = ("published", "submitted", "judged")
STRADDLING = [
    ("all_inside", "không nhận"),
    ("last_part_inside", "nhận khi kỳ cuối trong thời gian"),
    ("join", "nối với kỳ sau trong thời gian"),
]


class BodyRow(Row):
    """One body."""

    label = Line("Nhãn", [Optional(), Length(max=200)], description="Chỉ đạo, Tổ chức, Phối hợp…")
    name = Line("Tên cơ quan", [Optional(), Length(max=1000)])


class InfoForm(SectionForm):
    """Name, summary, fields, bodies and contact."""

    title = "Tên, cơ quan, liên hệ"
    groups = (
        Group("Cuộc thi", ("name", "series", "basis", "summary", "fields_")),
        Group("Các cơ quan", ("bodies",), "In theo thứ tự này trên trang cuộc thi và các văn bản."),
        Group("Đầu văn bản in", PAPERS, "Ở góc trên của biên bản, danh sách, biên nhận khổ A4."),
        Group("Liên hệ", CONTACT),
    )
    places = {
        "contest.name": ("", "name"), "contest.series": ("", "series"), "contest.fields": ("", "fields_"),
        "bodies.label": ("bodies", "label"), "bodies": ("bodies", "name"),
    }  # fmt: skip
    name = Line("Tên cuộc thi", [InputRequired(), Length(max=1000)], description="Tên đầy đủ của năm nay.")
    series = Line(
        "Tên giải",
        [InputRequired(), Length(max=1000)],
        description="Tên chung qua các năm, không ghi năm.",
    )
    basis = Line("Căn cứ (số, ngày Thể lệ)", [Optional(), Length(max=300)])
    summary = Paragraphs("Giới thiệu", [Optional(), Length(max=2000)], description="Hiện ở trang cuộc thi.")
    fields_ = Paragraphs("Lĩnh vực", [Optional(), Length(max=2000)], description="Mỗi dòng một lĩnh vực.")
    bodies = RowList(BodyRow, "Các cơ quan", add="Thêm cơ quan", one="Cơ quan")
    heading = SelectField("Trình bày theo", choices=HEADINGS)
    issuer = Line(
        "Cơ quan ban hành", [Optional(), Length(max=300)], description="Để trống: cơ quan có nhãn Tổ chức."
    )
    place = Line("Địa danh", [Optional(), Length(max=120)], description="Đứng trước ngày, ví dụ: Quảng Ngãi.")
    office = Line("Nơi liên hệ", [Optional(), Length(max=300)])
    address = Line("Địa chỉ", [Optional(), Length(max=300)])
    phone = Line("Điện thoại", [Optional(), Length(max=60)])
    email = Line("Thư điện tử", [Optional(), Length(max=254)])

    @classmethod
    def values(cls, data: Data, key: str = "") -> Data:
        """Shown."""
        c = data["contest"]
        return {
            **{name: c.get(name) for name in ("name", "series", "basis", "summary")},
            "fields_": "\n".join(c.get("fields", [])), "bodies": [*data["bodies"], {}], **data["papers"], **data["contact"],
        }  # fmt: skip

    def write(self, data: Data, key: str = "") -> None:
        """Written."""
        data["contest"] |= {
            "name": self.name.data, "series": self.series.data, "basis": self.basis.data or "",
            "summary": self.summary.data or "", "fields": lines(self.fields_.data),
        }  # fmt: skip
        data["bodies"] = [
            {"label": row.label.data or "", "name": row.name.data} for row in self.bodies.kept()
        ]
        data["papers"] = {name: self[name].data or "" for name in PAPERS}
        data["contact"] = {name: self[name].data or "" for name in CONTACT}


class DatesForm(SectionForm):
    """All windows."""

    title = "Thời gian"
    groups = (
        Group("Nhận tác phẩm", ("submitted_from", "submitted_to", "grace_minutes", "supplement_days", "postmark_grace_days")),
        Group("Đăng, phát", ("published_from", "published_to", "straddling_series"), "Ngày tác phẩm đã lên báo, lên sóng."),
        Group("Chấm, trao giải", ("judged_from", "judged_to", "awarded")),
        Group("Trong Thể lệ", ("article",)),
    )  # fmt: skip
    places = {
        **{f"windows.{span}.{end}": ("", f"{span}_{end}") for span in SPANS for end in ("from", "to")},
        **{f"windows.{span}": ("", f"{span}_to") for span in SPANS},
        "windows.awarded": ("", "awarded"),
    }
    submitted_from = Day("Nhận tác phẩm từ ngày", [InputRequired()])
    submitted_to = Day("Nhận tác phẩm đến hết ngày", [InputRequired()])
    grace_minutes = Whole("Nới thêm sau hạn (phút)", [Optional(), NumberRange(0, 1440)])
    supplement_days = Whole("Thiếu tệp được bổ sung trong (ngày)", [Optional(), NumberRange(0, 60)])
    postmark_grace_days = Whole(
        "Hồ sơ theo dấu bưu điện được đến sau (ngày)", [Optional(), NumberRange(0, 60)]
    )
    published_from = Day("Đăng, phát từ ngày", [Optional()])
    published_to = Day("Đăng, phát đến hết ngày", [Optional()])
    straddling_series = SelectField("Loạt bài có kỳ đăng trước thời gian này", choices=STRADDLING)
    judged_from = Day("Chấm từ ngày", [Optional()])
    judged_to = Day("Chấm đến hết ngày", [Optional()])
    awarded = Day("Trao giải ngày", [Optional()])
    article = Line("Điều về thời gian", [Optional(), Length(max=200)], description=ARTICLE)

    @classmethod
    def values(cls, data: Data, key: str = "") -> Data:
        """Shown."""
        w = data["windows"]
        spans = {f"{span}_{end}": w[span][end] for span in SPANS if span in w for end in ("from", "to")}
        return {**{name: value for name, value in w.items() if name not in SPANS}, **spans}

    def write(self, data: Data, key: str = "") -> None:
        """Written; a span with one end alone is left for the check to refuse."""
        w = data["windows"]
        for name in SPANS:
            w.pop(name, None)
            if span := given(**{"from": self[f"{name}_from"].data, "to": self[f"{name}_to"].data}):
                w[name] = span
        w.pop("awarded", None)
        w |= given(awarded=self.awarded.data) | {
            "grace_minutes": self.grace_minutes.data or 0, "supplement_days": self.supplement_days.data or 0,
            "postmark_grace_days": self.postmark_grace_days.data or 0, "article": self.article.data or "",
            "straddling_series": self.straddling_series.data,
        }  # fmt: skip
