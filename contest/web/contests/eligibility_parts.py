"""Who may enter and how much: the eligibility section of the rulebook as a form."""

from __future__ import annotations

from wtforms import BooleanField, SelectField
from wtforms.validators import NumberRange, Optional

from contest.web.contests.parts import MODES, Data, SectionForm, ticks
from contest.web.forms import Whole

ROLES = [
    ("steering", "Ban Chỉ đạo"),
    ("organizer", "Ban Tổ chức"),
    ("judge", "Hội đồng chấm"),
    ("secretary", "Tổ Thư ký"),
]
LIMITS = (
    ("entries_per_person", "Mỗi người đứng tên tối đa (tác phẩm)"),
    ("authors_per_entry", "Mỗi tác phẩm tối đa (tác giả)"),
    ("parts_per_entry", "Loạt bài tối đa (kỳ)"),
)


class LimitsForm(SectionForm):
    """Who may enter, and how much."""

    title = "Điều kiện, giới hạn"
    nationality = SelectField(
        "Ai được dự thi",
        choices=[
            ("vietnamese", "Công dân Việt Nam"),
            ("overseas_vietnamese", "Thêm người Việt ở nước ngoài"),
            ("any", "Mọi người"),
        ],
    )
    excluded_roles = ticks("Không dự thi", choices=ROLES)
    excluded_mode = SelectField("Khi trùng diện loại trừ", choices=MODES)
    prior_rule = SelectField(
        "Tác phẩm đã đạt giải nơi khác",
        choices=[("allowed", "được dự thi"), ("declare", "phải khai"), ("barred", "không được dự thi")],
    )
    confirmation = BooleanField("Cần xác nhận của cơ quan báo chí")
    exemplar = BooleanField("Phải viết về một mô hình, điển hình cụ thể")
    entries_per_person = Whole(LIMITS[0][1], [Optional(), NumberRange(1, 100)])
    entries_per_person_mode = SelectField("Khi vượt", choices=MODES)
    authors_per_entry = Whole(LIMITS[1][1], [Optional(), NumberRange(1, 100)])
    authors_per_entry_mode = SelectField("Khi vượt", choices=MODES)
    parts_per_entry = Whole(LIMITS[2][1], [Optional(), NumberRange(1, 100)])
    parts_per_entry_mode = SelectField("Khi vượt", choices=MODES)
    same_authors = BooleanField("Các kỳ phải cùng nhóm tác giả")

    @classmethod
    def values(cls, data: Data) -> Data:
        """Shown."""
        e, found = data["eligibility"], data["limits"]
        shown = {
            "nationality": e["nationality"], "excluded_roles": e["excluded_roles"], "excluded_mode": e["excluded_mode"],
            "prior_rule": e["prior_awards"]["rule"], "confirmation": e["agency_confirmation"]["required"],
            "exemplar": e["subject"]["exemplar_required"], "same_authors": found["same_authors_in_series"],
        }  # fmt: skip
        for name, _ in LIMITS:
            shown[name] = found.get(name, {}).get("value")
            shown[f"{name}_mode"] = found.get(name, {}).get("mode", "block")
        return shown

    def write(self, data: Data) -> None:
        """Written; bonuses and limits by credit role stay."""
        e, found = data["eligibility"], data["limits"]
        e |= {
            "nationality": self.nationality.data,
            "excluded_roles": self.excluded_roles.data or [],
            "excluded_mode": self.excluded_mode.data,
        }
        e["prior_awards"]["rule"] = self.prior_rule.data
        e["agency_confirmation"]["required"] = self.confirmation.data
        e["subject"]["exemplar_required"] = self.exemplar.data
        found["same_authors_in_series"] = self.same_authors.data
        for name, _ in LIMITS:
            value = self[name].data
            if value:
                found[name] = {**found.get(name, {}), "value": value, "mode": self[f"{name}_mode"].data}
            else:
                found.pop(name, None)
