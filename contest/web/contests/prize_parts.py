"""What is given and what is shown: tiers with quota, worth and condition, and the publication, as forms."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contest.web.contests.judging_parts import by_category, pad
from contest.web.contests.parts import Data, Group, Row, RowList, SectionForm, given
from contest.web.forms import Day, DecimalComma, Line, Money, Several, Whole

QUOTAS = [
    ("at_most", "không quá"),
    ("exact", "đúng"),
    ("range", "từ … đến …"),
    ("total", "tổng cộng mọi nhóm"),
]
KINDS = [
    ("entry", "cho tác phẩm"),
    ("collective", "tập thể"),
    ("special", "đặc biệt"),
    ("theme", "chuyên đề"),
    ("personal", "cá nhân"),
    ("derived", "suy ra từ giải khác"),
]


class PrizeRow(Row):
    """One tier. `was` is its name in the rulebook: conditions name a tier by it while it is renamed here."""

    FIRST = "tier"
    MORE = ("in_kind", "value_base_salaries", "by_category", "need_count", "need_tier")
    MORE_TITLE = "Hiện vật, tính theo lương cơ sở, riêng từng nhóm, điều kiện"
    was = HiddenField()
    tier = Line("Tên mức giải", [Optional(), Length(max=1000)])
    kind = SelectField("Loại giải", choices=KINDS)
    per = SelectField("Tính", choices=[("category", "mỗi nhóm giải"), ("overall", "chung cả cuộc thi")])
    quota = SelectField("Số lượng", choices=QUOTAS)
    high = Whole("Số giải", [Optional(), NumberRange(0, 1000)])
    low = Whole("Từ (số giải)", [Optional(), NumberRange(0, 1000)], description="Chỉ khi “từ … đến …”.")
    value_vnd = Money("Giá trị (đồng)", [Optional(), NumberRange(0, 10_000_000_000)])
    in_kind = Line("Hiện vật", [Optional(), Length(max=500)], description="Cúp, bằng khen, giấy chứng nhận…")
    value_base_salaries = DecimalComma("Bằng mấy lần mức lương cơ sở", [Optional()])
    by_category = Several(Whole("", [Optional(), NumberRange(0, 1000)]), "Số giải riêng từng nhóm")
    need_count = Whole(
        "Chỉ trao khi có ít nhất (tác phẩm) …", [Optional(), NumberRange(1, 1000)], description="Để trống: 1."
    )
    need_tier = SelectField("… đạt mức giải này trở lên", [Optional()])

    @property
    def known_as(self) -> str:
        """What conditions in this form call the tier."""
        return str(self.was.data or self.tier.data)

    def worth(self, names: dict[str, str]) -> Data:
        """The prize without its count; `names` says what each tier is called now."""
        need = (
            {"tier": names.get(self.need_tier.data, self.need_tier.data), **given(count=self.need_count.data)}
            if self.need_tier.data
            else None
        )
        return {
            "tier": self.tier.data, "per": self.per.data, "kind": self.kind.data, "in_kind": self.in_kind.data or "",
            **given(
                value_vnd=self.value_vnd.data, value_base_salaries=self.value_base_salaries.data,
                condition={"min_entries_at_tier": need} if need else None,
            ),
        }  # fmt: skip

    def count(self) -> Data:
        """How many; what is missing is said beside its field."""
        quota = self.quota.data
        for field, is_needed in ((self.high, True), (self.low, quota == "range")):
            if is_needed and field.data is None:
                field.errors = [*field.errors, "Hãy ghi số giải."]
        return (
            {"range": [self.low.data or 0, self.high.data or 0]}
            if quota == "range"
            else {quota: self.high.data or 0}
        )


class PrizesForm(SectionForm):
    """Tiers, and what multiples of the base salary refer to."""

    title = "Giải thưởng"
    groups = (
        Group("Các mức giải, từ cao xuống thấp", ("prizes",)),
        Group("Mức lương cơ sở", ("base_salary_vnd", "on"), "Chỉ cần khi có giải tính theo mức lương cơ sở."),
    )
    places = {
        "prizes": ("prizes", "tier"), "prizes.quota": ("prizes", "high"), "prizes.condition": ("prizes", "need_tier"),
        "prizes.value_base_salaries": ("prizes", "value_base_salaries"), "prizes.value_vnd": ("prizes", "value_vnd"),
        "prize_basis": ("", "base_salary_vnd"),
    }  # fmt: skip
    prizes = RowList(PrizeRow, "Các mức giải", add="Thêm mức giải", one="Mức giải")
    base_salary_vnd = Money("Mức lương cơ sở (đồng)", [Optional(), NumberRange(1, 1_000_000_000)])
    on = Day("Tại ngày", [Optional()])

    @classmethod
    def values(cls, data: Data, key: str = "") -> Data:
        """Shown."""
        rows = []
        for p in data["prizes"]:
            q = p["quota"]
            kind = next(k for k, _ in QUOTAS if q.get(k) is not None)
            low, high = q["range"] if kind == "range" else (None, q[kind])
            need, own = p.get("condition", {}).get("min_entries_at_tier", {}), q.get("by_category", {})
            rows.append({
                **p, "was": p["tier"], "quota": kind, "low": low, "high": high, "need_count": need.get("count"), "need_tier": need.get("tier"),
                "by_category": [own.get(c["key"]) for c in data["categories"]],
            })  # fmt: skip
        return {"prizes": [*rows, {}], **data.get("prize_basis", {})}

    def offer(self, data: Data) -> None:
        """The groups, and the tiers as they are typed now; one that was renamed stays chosen."""
        tiers = {entry.form.known_as: entry.form.tier.data for entry in self.prizes if entry.form.tier.data}
        for entry in self.prizes:
            pad(entry.form.by_category, data)
            entry.form.need_tier.choices = [("", "(không đặt điều kiện)"), *tiers.items()]

    def write(self, data: Data, key: str = "") -> None:
        """Written."""
        data["prizes"] = []
        rows = self.prizes.kept()
        names = {row.known_as: row.tier.data for row in rows}
        for row in rows:
            own = by_category(row.by_category, data)
            data["prizes"].append({**row.worth(names), "quota": {**row.count(), "by_category": own}})
        data.pop("prize_basis", None)
        if basis := given(base_salary_vnd=self.base_salary_vnd.data, on=self.on.data):
            data["prize_basis"] = basis


class PublicationForm(SectionForm):
    """What is shown when."""

    title = "Công bố"
    groups = (
        Group(
            "Công bố",
            (
                "decimals",
                "public_notice_days",
                "several_prizes_per_person",
                "show_received_count",
                "show_totals",
            ),
        ),
    )
    places = {"contest.decimals": ("", "decimals")}
    decimals = Whole(
        "Tổng điểm công bố lấy mấy chữ số sau dấu phẩy", [InputRequired(), NumberRange(0, 3)],
        description="Xếp hạng theo số đã làm tròn này.",
    )  # fmt: skip
    public_notice_days = Whole("Niêm yết trước quyết định (ngày)", [Optional(), NumberRange(0, 90)])
    several_prizes_per_person = BooleanField(
        "Một người được nhận nhiều giải", description="Không đánh dấu: người có nhiều giải phải được quyết định trước khi công bố.",
    )  # fmt: skip
    show_received_count = BooleanField("Hiện số tác phẩm đã nhận trên trang cuộc thi")
    show_totals = BooleanField("Hiện điểm ở trang kết quả")

    @classmethod
    def values(cls, data: Data, key: str = "") -> Data:
        """Shown."""
        return {"decimals": data["contest"]["decimals"], **data["publication"]}

    def write(self, data: Data, key: str = "") -> None:
        """Written."""
        data["contest"]["decimals"] = self.decimals.data
        data["publication"] |= {
            "public_notice_days": self.public_notice_days.data or 0,
            "several_prizes_per_person": self.several_prizes_per_person.data, "show_received_count": self.show_received_count.data,
            "show_totals": self.show_totals.data,
        }  # fmt: skip
