"""Who may enter and how much: the eligibility, credit roles and limits of the rulebook as forms."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import Length, NumberRange, Optional

from contest.web.contests.parts import (
    ARTICLE,
    MODES,
    Data,
    Group,
    Row,
    RowList,
    SectionForm,
    given,
    kept_order,
    key_of,
    ticks,
)
from contest.web.forms import Line, Whole

ROLES = [
    ("steering", "Ban Chỉ đạo"),
    ("organizer", "Ban Tổ chức"),
    ("judge", "Hội đồng chấm"),
    ("secretary", "Tổ Thư ký"),
]
LEVELS = [("national", "quốc gia"), ("provincial", "cấp tỉnh"), ("sector", "ngành"), ("other", "khác")]
LIMITS = ("entries_per_person", "authors_per_entry", "parts_per_entry")


class PeopleForm(SectionForm):
    """Who may enter, with what kind of work."""

    title = "Điều kiện dự thi"
    groups = (
        Group("Người dự thi", ("nationality", "excluded_roles", "excluded_mode", "article")),
        Group("Giải đã đạt ở nơi khác", ("prior_rule", "barred_levels", "prior_mode", "prior_article")),
        Group("Xác nhận của cơ quan báo chí", ("confirmation", "confirmation_slot", "confirmation_mode", "confirmation_article")),
        Group("Mô hình, điển hình", ("exemplar", "subject_mode", "subject_article")),
    )  # fmt: skip
    places = {
        "eligibility.agency_confirmation": ("", "confirmation_slot"),
        "eligibility.prior_awards": ("", "prior_rule"),
    }
    nationality = SelectField(
        "Ai được dự thi",
        choices=[
            ("vietnamese", "Công dân Việt Nam"),
            ("overseas_vietnamese", "Công dân Việt Nam và người Việt Nam ở nước ngoài"),
            ("any", "Mọi người"),
        ],
    )
    excluded_roles = ticks("Không dự thi khi đang ở trong", choices=ROLES)
    excluded_mode = SelectField("Khi có tác giả thuộc diện này", choices=MODES)
    article = Line("Điều về người dự thi", [Optional(), Length(max=200)], description=ARTICLE)
    prior_rule = SelectField(
        "Tác phẩm đã đạt giải nơi khác",
        choices=[("allowed", "được dự thi"), ("declare", "phải khai"), ("barred", "không được dự thi")],
    )
    barred_levels = ticks("Phải khai, và không dự thi khi đã đạt giải cấp", choices=LEVELS)
    prior_mode = SelectField("Khi đã đạt giải thuộc diện không dự thi", choices=MODES)
    prior_article = Line("Điều về giải đã đạt", [Optional(), Length(max=200)])
    confirmation = BooleanField("Hồ sơ cần xác nhận của cơ quan báo chí")
    confirmation_slot = SelectField("Giấy xác nhận nộp vào mục tệp")
    confirmation_mode = SelectField("Khi thiếu xác nhận", choices=MODES)
    confirmation_article = Line("Điều về xác nhận", [Optional(), Length(max=200)])
    exemplar = BooleanField("Phải viết về một mô hình, điển hình cụ thể")
    subject_mode = SelectField("Khi chưa ghi mô hình nào", choices=MODES)
    subject_article = Line("Điều về mô hình, điển hình", [Optional(), Length(max=200)])

    @classmethod
    def values(cls, data: Data, key: str = "") -> Data:
        """Shown."""
        e = data["eligibility"]
        prior, confirmation, subject = e["prior_awards"], e["agency_confirmation"], e["subject"]
        return {
            "nationality": e["nationality"], "excluded_roles": e["excluded_roles"], "excluded_mode": e["excluded_mode"],
            "article": e["article"], "prior_rule": prior["rule"], "barred_levels": prior["barred_levels"],
            "prior_mode": prior["mode"], "prior_article": prior["article"], "confirmation": confirmation["required"],
            "confirmation_slot": confirmation["slot"], "confirmation_mode": confirmation["mode"],
            "confirmation_article": confirmation["article"], "exemplar": subject["exemplar_required"],
            "subject_mode": subject["mode"], "subject_article": subject["article"],
        }  # fmt: skip

    def offer(self, data: Data) -> None:
        """The slots of the dossier; the one asked for stays named when it is not among them."""
        slots = {s["key"]: s["name"] for s in data["slots"]}
        asked = data["eligibility"]["agency_confirmation"]["slot"]
        self.confirmation_slot.choices = [
            *slots.items(), *([] if asked in slots else [(asked, "Chưa có mục tệp này")]),
        ]  # fmt: skip

    def write(self, data: Data, key: str = "") -> None:
        """Written."""
        e = data["eligibility"]
        e |= {
            "nationality": self.nationality.data, "excluded_mode": self.excluded_mode.data, "article": self.article.data or "",
            "excluded_roles": kept_order(self.excluded_roles.data or [], e["excluded_roles"]),
        }  # fmt: skip
        e["prior_awards"] = {
            "rule": self.prior_rule.data, "mode": self.prior_mode.data, "article": self.prior_article.data or "",
            "barred_levels": kept_order(self.barred_levels.data or [], e["prior_awards"]["barred_levels"]),
        }  # fmt: skip
        e["agency_confirmation"] = {
            "required": self.confirmation.data, "slot": self.confirmation_slot.data,
            "mode": self.confirmation_mode.data, "article": self.confirmation_article.data or "",
        }  # fmt: skip
        e["subject"] |= {
            "exemplar_required": self.exemplar.data, "mode": self.subject_mode.data,
            "article": self.subject_article.data or "",
        }  # fmt: skip


class RoleRow(Row):
    """One credit role, with its own bound."""

    IS_SHORT = True
    key = HiddenField()
    name = Line("Tên vai trò", [Optional(), Length(max=1000)])
    entries = Whole("Được đứng tên đến (tác phẩm)", [Optional(), NumberRange(1, 100)])


class BonusRow(Row):
    """Some genres and the entries they add."""

    FIRST = "genres"
    genres = ticks("Có tác phẩm thuộc thể loại")
    extra = Whole(
        "thì được gửi thêm (tác phẩm)", [Optional(), NumberRange(1, 100)], description="Để trống: 1."
    )


class LimitsForm(SectionForm):
    """How much, by whom in which role."""

    title = "Giới hạn, vai trò của tác giả"
    groups = (
        Group("Mỗi người", ("entries_per_person", "entries_per_person_mode", "entries_per_person_article"), "Tính cả khi là đồng tác giả. Để trống: không giới hạn."),
        Group("Vai trò của tác giả", ("roles",), "Tác giả chọn khi khai. Vai trò không ghi mức riêng thì theo giới hạn chung."),
        Group("Thêm cho một số thể loại", ("bonus",), "Tác phẩm thêm phải thuộc thể loại khác."),
        Group("Mỗi tác phẩm", ("authors_per_entry", "authors_per_entry_mode", "authors_per_entry_article")),
        Group("Loạt bài", ("parts_per_entry", "parts_per_entry_mode", "parts_per_entry_article", "same_authors")),
    )  # fmt: skip
    places = {
        **{f"limits.{name}": ("", name) for name in LIMITS},
        "limits.entries_per_person.bonus": ("bonus", "extra"),
        "credit_roles": ("roles", "name"),
    }
    entries_per_person = Whole("Mỗi người đứng tên tối đa (tác phẩm)", [Optional(), NumberRange(1, 100)])
    entries_per_person_mode = SelectField("Khi vượt", choices=MODES)
    entries_per_person_article = Line("Điều trong Thể lệ", [Optional(), Length(max=200)], description=ARTICLE)
    roles = RowList(RoleRow, "Vai trò của tác giả", add="Thêm vai trò", one="Vai trò")
    bonus = RowList(BonusRow, "Thêm cho một số thể loại", add="Thêm điều kiện", one="Điều kiện")
    authors_per_entry = Whole("Mỗi tác phẩm tối đa (tác giả)", [Optional(), NumberRange(1, 100)])
    authors_per_entry_mode = SelectField("Khi vượt", choices=MODES)
    authors_per_entry_article = Line("Điều trong Thể lệ", [Optional(), Length(max=200)])
    parts_per_entry = Whole("Loạt bài tối đa (kỳ)", [Optional(), NumberRange(1, 100)])
    parts_per_entry_mode = SelectField("Khi vượt", choices=MODES)
    parts_per_entry_article = Line("Điều trong Thể lệ", [Optional(), Length(max=200)])
    same_authors = BooleanField("Các kỳ cùng một nhóm tác giả (ghi trong tóm tắt thể lệ)")

    @classmethod
    def values(cls, data: Data, key: str = "") -> Data:
        """Shown."""
        found = data["limits"]
        person = found.get("entries_per_person", {})
        own = person.get("by_credit_role", {})
        shown: Data = {
            "roles": [*({**r, "entries": own.get(r["key"])} for r in data["credit_roles"]), {}],
            "bonus": [*person.get("bonus", []), {}], "same_authors": found["same_authors_in_series"],
        }  # fmt: skip
        for name in LIMITS:
            limit = found.get(name, {})
            shown |= {name: limit.get("value"), f"{name}_mode": limit.get("mode", "block")}
            shown[f"{name}_article"] = limit.get("article")
        return shown

    def offer(self, data: Data) -> None:
        """All genres, those that a bonus names already included."""
        genres = [g for m in data["media_types"] for g in m.get("genres", [])]
        genres += [
            g for b in data["limits"].get("entries_per_person", {}).get("bonus", []) for g in b["genres"]
        ]
        for entry in self.bonus:
            entry.form.genres.choices = [(g, g) for g in dict.fromkeys(genres)]

    def write(self, data: Data, key: str = "") -> None:
        """Written; what belongs to the limit of each person needs that limit."""
        found = data["limits"]
        before = found.get("entries_per_person", {}).get("bonus", [])
        found["same_authors_in_series"] = self.same_authors.data
        for name in LIMITS:
            found.pop(name, None)
            if self[name].data is not None:
                found[name] = {
                    "value": self[name].data, "mode": self[f"{name}_mode"].data, "article": self[f"{name}_article"].data or "",
                }  # fmt: skip
        was = {r["key"] for r in data["credit_roles"]}
        taken, roles = set(was), []
        own: Data = {}
        for row in self.roles.kept():
            role = row.key.data if row.key.data in was else key_of(row.name.data, taken)
            roles.append({"key": role, "name": row.name.data})
            own |= given(**{role: row.entries.data})
        data["credit_roles"] = roles
        bonus = [
            {
                "genres": kept_order(row.genres.data, before[i]["genres"] if i < len(before) else []),
                "extra": row.extra.data or 1,
            }
            for i, row in enumerate(self.bonus.kept())
        ]
        if person := found.get("entries_per_person"):
            person |= {"by_credit_role": own, "bonus": bonus}
        elif own or bonus:
            field = self.entries_per_person
            field.errors = [
                *field.errors,
                "Hãy ghi giới hạn chung trước khi ghi mức riêng cho vai trò, thể loại.",
            ]
