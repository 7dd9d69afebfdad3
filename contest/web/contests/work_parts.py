"""What is sent in: media types, the groups they compete in, the files of a dossier and its declarations, as forms."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import Length, NumberRange, Optional

from contest.domain.vietnamese import fold
from contest.web.contests.parts import (
    MODES,
    Data,
    Group,
    Row,
    RowList,
    SectionForm,
    given,
    kept_order,
    key_of,
    lines,
    ticks,
)
from contest.web.forms import Line, Paragraphs, Whole

LENGTHS = (("words", "max_words_per_part"), ("minutes", "max_minutes_per_part"))


class MediaRow(Row):
    """One media type."""

    MORE = (
        "part_name", "words_min", "words_mode", "words_article", "minutes_min", "minutes_mode", "minutes_article",
        "text_required", "note",
    )  # fmt: skip
    MORE_TITLE = "Cách gọi một kỳ, mức tối thiểu, khi vượt, điều trong Thể lệ"
    key = HiddenField()
    name = Line("Tên loại hình", [Optional(), Length(max=1000)])
    words = Whole("Số chữ tối đa mỗi kỳ", [Optional(), NumberRange(1, 1_000_000)])
    minutes = Whole("Số phút tối đa mỗi kỳ", [Optional(), NumberRange(1, 10_000)])
    genres = Paragraphs("Thể loại", [Optional(), Length(max=2000)], description="Mỗi dòng một thể loại.")
    part_name = Line("Gọi một phần là", [Optional(), Length(max=40)], description="kỳ, tập, bài…")
    note = Line("Ghi thêm trong tóm tắt thể lệ", [Optional(), Length(max=500)])
    words_min = Whole("Số chữ tối thiểu mỗi kỳ", [Optional(), NumberRange(1, 1_000_000)])
    words_mode = SelectField("Khi sai số chữ", choices=MODES, default="warn")
    words_article = Line("Điều về số chữ", [Optional(), Length(max=200)])
    minutes_min = Whole("Số phút tối thiểu mỗi kỳ", [Optional(), NumberRange(1, 10_000)])
    minutes_mode = SelectField("Khi sai số phút", choices=MODES, default="warn")
    minutes_article = Line("Điều về số phút", [Optional(), Length(max=200)])
    text_required = BooleanField("Mỗi kỳ phải có nội dung chữ hoặc tệp cho giám khảo")

    def lengths(self) -> Data:
        """The limits this row gives; a limit without its upper bound does not bind."""
        return {
            name: given(
                value=self[short].data, min=self[f"{short}_min"].data, mode=self[f"{short}_mode"].data,
                article=self[f"{short}_article"].data or "",
            )
            for short, name in LENGTHS
            if self[short].data is not None or self[f"{short}_min"].data is not None
        }  # fmt: skip


class CategoryRow(Row):
    """One competing group."""

    MORE = OPEN_WITH = ("some",)
    MORE_TITLE = "Chỉ nhận một số thể loại của một loại hình"
    key = HiddenField()
    name = Line("Tên nhóm giải", [Optional(), Length(max=1000)])
    whole = ticks("Nhận mọi thể loại của")
    some = Paragraphs(
        "Loại hình và thể loại được nhận", [Optional(), Length(max=2000)],
        description="Mỗi dòng một loại hình. Ví dụ: Truyền hình: phóng sự, phim tài liệu",
    )  # fmt: skip


class MediaForm(SectionForm):
    """Media types with genres, and the groups they compete in."""

    title = "Loại hình, nhóm giải"
    groups = (
        Group("Loại hình", ("media",)),
        Group("Nhóm giải", ("categories",), "Các tác phẩm trong một nhóm tranh giải với nhau."),
    )
    places = {
        "media_types.name": ("media", "name"), "media_types.genres": ("media", "genres"), "media_types": ("media", "name"),
        **{f"media_types.{name}": ("media", short) for short, name in LENGTHS},
        "categories.accepts": ("categories", "some"), "categories": ("categories", "name"),
    }  # fmt: skip
    media = RowList(MediaRow, "Loại hình", add="Thêm loại hình", one="Loại hình")
    categories = RowList(CategoryRow, "Nhóm giải", add="Thêm nhóm giải", one="Nhóm giải")

    @classmethod
    def values(cls, data: Data, key: str = "") -> Data:
        """Shown."""
        names = {m["key"]: m["name"] for m in data["media_types"]}
        media = []
        for m in data["media_types"]:
            shown = {**m, "genres": "\n".join(m.get("genres", []))}
            for short, name in LENGTHS:
                limit = m.get(name, {})
                shown |= {short: limit.get("value"), f"{short}_mode": limit.get("mode", "warn")}
                shown |= {f"{short}_min": limit.get("min"), f"{short}_article": limit.get("article")}
            media.append(shown)
        categories = [
            {
                "key": c["key"], "name": c["name"],
                "whole": [a["media_type"] for a in c["accepts"] if not a.get("genres")],
                "some": "\n".join(f"{names[a['media_type']]}: {', '.join(a['genres'])}" for a in c["accepts"] if a.get("genres")),
            }
            for c in data["categories"]
        ]  # fmt: skip
        return {"media": [*media, {}], "categories": [*categories, {}]}

    def offer(self, data: Data) -> None:
        """The media types as they are typed now, new ones included."""
        choices = [(key, row.name.data) for key, row in self._media(data)]
        for entry in self.categories:
            entry.form.whole.choices = choices

    def _media(self, data: Data) -> list[tuple[str, Any]]:
        """The rows of media types with their keys: one renamed keeps its key."""
        known = {m["key"] for m in data["media_types"]}
        taken = set(known)
        return [
            (row.key.data if row.key.data in known else key_of(row.name.data, taken), row)
            for row in self.media.kept()
        ]

    def write(self, data: Data, key: str = "") -> None:
        """Written."""
        rows = self._media(data)
        names = {fold(m["name"]): m["key"] for m in data["media_types"]}
        names |= {fold(row.name.data): key for key, row in rows}
        media = [
            {
                "key": key, "name": row.name.data, "genres": lines(row.genres.data), "part_name": row.part_name.data or "",
                "text_required": row.text_required.data, "note": row.note.data or "", **row.lengths(),
            }
            for key, row in rows
        ]  # fmt: skip
        genres = {m["key"]: m["genres"] for m in media}
        data["media_types"] = media
        was = {c["key"]: c for c in data["categories"]}
        taken = set(was)
        found = []
        for row in self.categories.kept():
            own = row.key.data if row.key.data in was else key_of(row.name.data, taken)
            accepts = [{"media_type": key, "genres": []} for key in row.whole.data or []]
            accepts += [
                a for a in (_some(line, names, genres, row.some) for line in lines(row.some.data)) if a
            ]
            before = was.get(own, {}).get("accepts", [])
            found.append({"key": own, "name": row.name.data, "accepts": kept_order(accepts, before)})
        data["categories"] = found


def _some(line: str, names: dict[str, str], genres: dict[str, list[str]], field: Any) -> Data | None:
    """One line "Loại hình: thể loại, thể loại"; what is not known is said beside the field."""
    known = max((n for n in names if fold(line).startswith(f"{n}:")), key=len, default=None)
    if known is None or names[known] not in genres:
        field.errors = [
            *field.errors,
            f"Chưa rõ loại hình ở dòng “{line[:60]}”. Viết như: Truyền hình: phóng sự",
        ]
        return None
    key, wanted = names[known], []
    rest = [word.strip() for word in line.split(":", 1 + known.count(":"))[-1].split(",")]
    while rest:
        # A genre may have a comma in its name: the longest known one that the line goes on with is meant.
        length = next((n for n in range(len(rest), 0, -1) if ", ".join(rest[:n]) in genres[key]), 1)
        wanted.append(", ".join(rest[:length]))
        rest = rest[length:]
    return {"media_type": key, "genres": [w for w in wanted if w]}


KINDS = [("pdf", "PDF"), ("image", "ảnh"), ("audio", "âm thanh"), ("video", "hình"), ("docx", "Word")]


class SlotRow(Row):
    """One place for files."""

    key = HiddenField()
    name = Line("Tên mục tệp", [Optional(), Length(max=1000)])
    help = Line("Hướng dẫn cho tác giả", [Optional(), Length(max=500)])
    kinds = ticks("Nhận tệp", choices=KINDS)
    media_types = ticks("Chỉ cho loại hình")
    low = Whole("Ít nhất (tệp)", [Optional(), NumberRange(0, 50)], description="0: không bắt buộc.")
    high = Whole("Nhiều nhất (tệp)", [Optional(), NumberRange(1, 50)], description="Để trống: 1.")
    max_mb = Whole("Mỗi tệp tối đa (MB)", [Optional(), NumberRange(1, 4000)], description="Để trống: 50.")
    judges_copy = BooleanField("Giám khảo xem tệp này")


class DeclarationRow(Row):
    """One sentence the author ticks."""

    FIRST = "text"
    key = HiddenField()
    text = Paragraphs("Câu cam kết", [Optional(), Length(max=1000)])


class SlotsForm(SectionForm):
    """The files of a dossier and the declarations."""

    title = "Tệp hồ sơ, cam kết"
    groups = (
        Group("Tệp hồ sơ", ("slots",), "Không đánh dấu loại hình nào: mục tệp dùng cho mọi loại hình."),
        Group("Cam kết", ("declarations",), "Tác giả phải đánh dấu mọi câu trước khi nộp."),
    )
    places = {
        "slots.kinds": ("slots", "kinds"), "slots.media_types": ("slots", "media_types"), "slots.count": ("slots", "high"),
        "slots.max_mb": ("slots", "max_mb"), "slots": ("slots", "name"), "declarations": ("declarations", "text"),
    }  # fmt: skip
    slots = RowList(SlotRow, "Tệp hồ sơ", add="Thêm mục tệp", one="Mục tệp")
    declarations = RowList(DeclarationRow, "Cam kết", add="Thêm câu cam kết", one="Câu")

    @classmethod
    def values(cls, data: Data, key: str = "") -> Data:
        """Shown."""
        slots = [{**s, "low": s["count"]["min"], "high": s["count"]["max"]} for s in data["slots"]]
        return {"slots": [*slots, {}], "declarations": [*data["declarations"], {}]}

    def offer(self, data: Data) -> None:
        """The media types of the rulebook."""
        for entry in self.slots:
            entry.form.media_types.choices = [(m["key"], m["name"]) for m in data["media_types"]]

    def write(self, data: Data, key: str = "") -> None:
        """Written."""
        old = {s["key"]: s for s in data["slots"]}
        taken = set(old)
        found = []
        for f in self.slots.kept():
            own = f.key.data if f.key.data in old else key_of(f.name.data, taken)
            before = old.get(own, {})
            found.append({
                "key": own, "name": f.name.data, "help": f.help.data or "", "judges_copy": f.judges_copy.data,
                "media_types": kept_order(f.media_types.data or [], before.get("media_types", [])),
                "kinds": kept_order(f.kinds.data or [], before.get("kinds", [])),
                "count": {"min": f.low.data or 0, "max": f.high.data or 1}, "max_mb": f.max_mb.data or 50,
            })  # fmt: skip
        data["slots"] = found
        was = {d["key"] for d in data["declarations"]}
        keys = set(was)
        data["declarations"] = [
            {"key": f.key.data if f.key.data in was else key_of(f.text.data, keys), "text": f.text.data}
            for f in self.declarations.kept()
        ]
