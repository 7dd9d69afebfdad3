"""The rulebook as Vietnamese forms: each section reads its part of the plain data and writes it back.

No rules here: what a form makes is checked like an imported file.
"""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from contest.domain.vietnamese import fold
from contest.web.forms import Day, Form, Line, Paragraphs, Rows, Whole

MODES = [("block", "không cho nộp"), ("warn", "nhắc, vẫn cho nộp"), ("secretary", "để Tổ Thư ký quyết định")]
Data = dict[str, Any]


def key_of(name: str, taken: set[str]) -> str:
    """A key for something new: letters and digits of its name, unique."""
    base = "_".join("".join(c if c.isalnum() else " " for c in fold(name)).split())[:30] or "muc"
    base = base if base[0].isalpha() else f"k_{base}"
    found = next(k for k in [base, *(f"{base}_{n}" for n in range(2, 100))] if k not in taken)
    taken.add(found)
    return found


def lines(text: str | None) -> list[str]:
    """Non-empty lines."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def words(text: str | None) -> list[str]:
    """Words between commas."""
    return [w.strip() for w in (text or "").split(",") if w.strip()]


def ticks(label: str, **values: Any) -> SelectMultipleField:
    """Several choices as check boxes."""
    return SelectMultipleField(
        label, [Optional()], option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), **values
    )


class SectionForm(Form):
    """What every section carries: the version it was opened at, and why it changes."""

    title = ""
    base = HiddenField()
    reason = Line(
        "Lý do thay đổi", [Optional(), Length(max=1000)], description="Bắt buộc khi cuộc thi đã mở."
    )
    document_number = Line("Số văn bản", [Optional(), Length(max=120)])
    notice = Line(
        "Thông báo trên trang cuộc thi", [Optional(), Length(max=500)], description="Để trống: không báo."
    )

    @classmethod
    def values(cls, data: Data) -> Data:
        """What the form shows for this data."""
        raise AssertionError("a section says what it shows")

    def write(self, data: Data) -> None:
        """Put what was typed into the data."""
        raise AssertionError("a section says what it writes")

    def offer(self, data: Data) -> None:
        """Fill choices that depend on the data."""


class InfoForm(SectionForm):
    """Name, summary, fields, bodies and contact."""

    title = "Tên, cơ quan, liên hệ"
    name = Line("Tên cuộc thi", [InputRequired(), Length(max=300)])
    basis = Line("Căn cứ (số, ngày Thể lệ)", [Optional(), Length(max=300)])
    summary = Paragraphs("Giới thiệu", [Optional(), Length(max=2000)])
    fields_ = Paragraphs("Lĩnh vực", [Optional(), Length(max=2000)], description="Mỗi dòng một lĩnh vực.")
    bodies = Paragraphs(
        "Các cơ quan",
        [Optional(), Length(max=3000)],
        description="Mỗi dòng: nhãn: tên. Ví dụ: Chỉ đạo: Ban Thường vụ Tỉnh ủy",
    )
    office = Line("Nơi liên hệ", [Optional(), Length(max=300)])
    address = Line("Địa chỉ", [Optional(), Length(max=300)])
    phone = Line("Điện thoại", [Optional(), Length(max=60)])
    email = Line("Thư điện tử", [Optional(), Length(max=254)])

    @classmethod
    def values(cls, data: Data) -> Data:
        """Shown."""
        c = data["contest"]
        return {
            "name": c["name"], "basis": c.get("basis"), "summary": c.get("summary"), "fields_": "\n".join(c.get("fields", [])),
            "bodies": "\n".join(f"{b['label']}: {b['name']}" for b in data.get("bodies", [])), **data.get("contact", {}),
        }  # fmt: skip

    def write(self, data: Data) -> None:
        """Written."""
        data["contest"] |= {
            "name": self.name.data, "basis": self.basis.data or "", "summary": self.summary.data or "", "fields": lines(self.fields_.data),
        }  # fmt: skip
        pairs = [line.partition(":") for line in lines(self.bodies.data)]
        data["bodies"] = [{"label": a.strip(), "name": b.strip() or a.strip()} for a, _, b in pairs]
        data["contact"] = {k: getattr(self, k).data or "" for k in ("office", "address", "phone", "email")}


class DatesForm(SectionForm):
    """All windows."""

    title = "Thời gian"
    published_from = Day("Đăng, phát từ ngày", [Optional()])
    published_to = Day("Đăng, phát đến hết ngày", [Optional()])
    submitted_from = Day("Nhận tác phẩm từ ngày", [InputRequired()])
    submitted_to = Day("Nhận tác phẩm đến hết ngày", [InputRequired()])
    judged_from = Day("Chấm từ ngày", [Optional()])
    judged_to = Day("Chấm đến hết ngày", [Optional()])
    awarded = Day("Trao giải ngày", [Optional()])
    postmark_grace_days = Whole(
        "Hồ sơ theo dấu bưu điện được đến sau (ngày)", [Optional(), NumberRange(0, 60)]
    )
    supplement_days = Whole(
        "Nộp đúng hạn còn thiếu tệp thì được bổ sung trong (ngày)", [Optional(), NumberRange(0, 60)]
    )
    grace_minutes = Whole("Nới thêm sau hạn (phút)", [Optional(), NumberRange(0, 1440)])

    @classmethod
    def values(cls, data: Data) -> Data:
        """Shown."""
        w = data["windows"]
        found = {
            f"{n}_{e}": w[n][e]
            for n in ("published", "submitted", "judged")
            if n in w
            for e in ("from", "to")
        }
        return {
            **found,
            **{k: w.get(k) for k in ("awarded", "postmark_grace_days", "supplement_days", "grace_minutes")},
        }

    def write(self, data: Data) -> None:
        """Written."""
        w = data["windows"]
        for name in ("published", "submitted", "judged"):
            span = {"from": self[f"{name}_from"].data, "to": self[f"{name}_to"].data}
            if any(span.values()):
                w[name] = {k: v for k, v in span.items() if v}
            else:
                w.pop(name, None)
        w.pop("awarded", None)
        if self.awarded.data:
            w["awarded"] = self.awarded.data
        for name in ("postmark_grace_days", "supplement_days", "grace_minutes"):
            w[name] = self[name].data or 0


class MediaRow(Rows):
    """One media type."""

    key = HiddenField()
    name = Line("Loại hình", [Optional(), Length(max=120)])
    genres = Line("Thể loại", [Optional(), Length(max=1000)], description="Cách nhau bằng dấu phẩy.")
    part_name = Line("Gọi một phần là", [Optional(), Length(max=40)], description="kỳ, tập, bài…")
    words = Whole("Số chữ tối đa mỗi phần", [Optional(), NumberRange(1, 100000)])
    minutes = Whole("Số phút tối đa mỗi phần", [Optional(), NumberRange(1, 1000)])
    mode = SelectField("Khi vượt", choices=MODES)


class CategoryRow(Rows):
    """One competing group."""

    key = HiddenField()
    name = Line("Nhóm giải", [Optional(), Length(max=120)])
    accepts = Paragraphs(
        "Nhận",
        [Optional(), Length(max=2000)],
        description="Mỗi dòng một loại hình; thêm “: thể loại, thể loại” nếu chỉ nhận một số thể loại.",
    )


class MediaForm(SectionForm):
    """Media types and competing groups."""

    title = "Loại hình, nhóm giải"
    media = FieldList(FormField(MediaRow), "Loại hình", max_entries=20)
    categories = FieldList(FormField(CategoryRow), "Nhóm giải", max_entries=40)

    @classmethod
    def values(cls, data: Data) -> Data:
        """Shown."""
        names = {m["key"]: m["name"] for m in data["media_types"]}
        media = [
            {
                "key": m["key"], "name": m["name"], "genres": ", ".join(m.get("genres", [])), "part_name": m.get("part_name"),
                "words": m.get("max_words_per_part", {}).get("value"), "minutes": m.get("max_minutes_per_part", {}).get("value"),
                "mode": (m.get("max_words_per_part") or m.get("max_minutes_per_part") or {}).get("mode", "warn"),
            }
            for m in data["media_types"]
        ]  # fmt: skip
        categories = [
            {
                "key": c["key"], "name": c["name"],
                "accepts": "\n".join(
                    names.get(a["media_type"], a["media_type"]) + (": " + ", ".join(a["genres"]) if a.get("genres") else "") for a in c["accepts"]
                ),
            }
            for c in data["categories"]
        ]  # fmt: skip
        return {"media": [*media, {}], "categories": [*categories, {}]}

    def write(self, data: Data) -> None:
        """Written; a media type renamed keeps its key."""
        old = {m["key"]: m for m in data["media_types"]}
        taken = set(old)
        found = []
        for row in (r.form for r in self.media if r.form.name.data):
            key = row.key.data if row.key.data in old else key_of(row.name.data, taken)
            item = {
                **old.get(key, {}),
                "key": key,
                "name": row.name.data,
                "genres": words(row.genres.data),
                "part_name": row.part_name.data or "",
            }
            for name, value in (
                ("max_words_per_part", row.words.data),
                ("max_minutes_per_part", row.minutes.data),
            ):
                if value:
                    item[name] = {**item.get(name, {}), "value": value, "mode": row.mode.data}
                else:
                    item.pop(name, None)
            found.append(item)
        data["media_types"] = found
        keys = {fold(m["name"]): m["key"] for m in found}
        was = {c["key"]: c for c in data["categories"]}
        taken = set(was)
        data["categories"] = [
            {
                "key": r.key.data if r.key.data in was else key_of(r.name.data, taken),
                "name": r.name.data,
                "accepts": [_accepts(line, keys) for line in lines(r.accepts.data)]
                or [{"media_type": m["key"]} for m in found],
            }
            for r in (row.form for row in self.categories if row.form.name.data)
        ]


def _accepts(line: str, keys: dict[str, str]) -> Data:
    name, _, genres = line.partition(":")
    return {"media_type": keys.get(fold(name), name.strip()), "genres": words(genres)}


KINDS = [("pdf", "PDF"), ("image", "ảnh"), ("audio", "âm thanh"), ("video", "hình"), ("docx", "Word")]


class SlotRow(Rows):
    """One place for files."""

    key = HiddenField()
    name = Line("Mục tệp", [Optional(), Length(max=200)])
    media_types = ticks("Chỉ cho loại hình")
    kinds = ticks("Nhận", choices=KINDS)
    low = Whole("Ít nhất (tệp)", [Optional(), NumberRange(0, 50)])
    high = Whole("Nhiều nhất (tệp)", [Optional(), NumberRange(1, 50)])
    max_mb = Whole("Mỗi tệp tối đa (MB)", [Optional(), NumberRange(1, 4000)])
    judges_copy = BooleanField("Giám khảo xem tệp này")
    help = Line("Hướng dẫn", [Optional(), Length(max=500)])


class SlotsForm(SectionForm):
    """The files of a dossier and the declarations."""

    title = "Tệp hồ sơ, cam kết"
    slots = FieldList(FormField(SlotRow), "Mục tệp", max_entries=30)
    declarations = Paragraphs(
        "Các câu cam kết", [Optional(), Length(max=5000)], description="Mỗi dòng một câu."
    )

    @classmethod
    def values(cls, data: Data) -> Data:
        """Shown."""
        slots = [
            {**s, "low": s.get("count", {}).get("min", 0), "high": s.get("count", {}).get("max", 1)}
            for s in data.get("slots", [])
        ]
        return {
            "slots": [*slots, {}],
            "declarations": "\n".join(d["text"] for d in data.get("declarations", [])),
        }

    def offer(self, data: Data) -> None:
        """The media types of the rulebook."""
        for row in self.slots:
            row.form.media_types.choices = [(m["key"], m["name"]) for m in data["media_types"]]

    def write(self, data: Data) -> None:
        """Written."""
        old = {s["key"]: s for s in data.get("slots", [])}
        taken = set(old)
        data["slots"] = [
            {
                **old.get(f.key.data or "", {}), "key": f.key.data if f.key.data in old else key_of(f.name.data, taken), "name": f.name.data,
                "media_types": f.media_types.data or [], "kinds": f.kinds.data or [], "max_mb": f.max_mb.data or 50,
                "count": {"min": f.low.data or 0, "max": f.high.data or 1}, "judges_copy": f.judges_copy.data, "help": f.help.data or "",
            }
            for f in (row.form for row in self.slots if row.form.name.data)
        ]  # fmt: skip
        was = {d["text"]: d["key"] for d in data.get("declarations", [])}
        keys = set(was.values())
        data["declarations"] = [
            {"key": was.get(t) or key_of(t, keys), "text": t} for t in lines(self.declarations.data)
        ]
