"""The judging sections of the rulebook as forms: a round with its criteria, the tie chain, the prizes."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contest.web.contests.parts import Data, SectionForm, key_of
from contest.web.forms import Day, DecimalComma, Line, Rows, Whole

METHODS = [
    ("mean", "trung bình cộng"), ("median", "trung vị"), ("trimmed", "bỏ một phiếu cao nhất, một thấp nhất (từ 5 phiếu)"),
    ("outlier_filtered", "bỏ phiếu lệch quá ngưỡng"),
]  # fmt: skip
OPS = [(">", "lớn hơn"), (">=", "từ")]


class CriterionRow(Rows):
    """One criterion."""

    key = HiddenField()
    name = Line("Tiêu chí", [Optional(), Length(max=200)])
    max = DecimalComma("Điểm tối đa", [Optional()])
    step = DecimalComma("Bước", [Optional()])
    anchor = Line("Gợi ý cho giám khảo", [Optional(), Length(max=300)])


class RoundForm(SectionForm):
    """One round of judging."""

    title = "Vòng chấm"
    name = Line("Tên vòng", [InputRequired(), Length(max=120)])
    due = Day("Hạn chấm", [Optional()])
    blind = BooleanField("Chấm kín: giám khảo không biết tác giả")
    judges_per_entry = Whole(
        "Mỗi tác phẩm bao nhiêu giám khảo",
        [Optional(), NumberRange(1, 50)],
        description="Để trống: cả hội đồng.",
    )
    min_sheets = Whole("Ít nhất bao nhiêu phiếu thì tính", [InputRequired(), NumberRange(1, 50)])
    scale_max = DecimalComma("Thang điểm", [InputRequired()])
    method = SelectField("Cách gộp phiếu", choices=METHODS)
    threshold = DecimalComma("Ngưỡng lệch khi bỏ phiếu", [Optional()])
    spread_op = SelectField("Lệch điểm khi chênh cao nhất, thấp nhất", choices=OPS)
    spread = DecimalComma("… điểm", [Optional()])
    from_mean_op = SelectField("hoặc lệch trung bình", choices=OPS)
    from_mean = DecimalComma("… điểm ", [Optional()])
    per_category = Whole("Vào vòng sau: mỗi nhóm không quá", [Optional(), NumberRange(1, 1000)])
    floor = DecimalComma("… và từ (điểm)", [Optional()])
    criteria = FieldList(FormField(CriterionRow), "Tiêu chí", max_entries=30)

    @classmethod
    def values(cls, data: Data) -> Data:
        """Shown; `data` is one round."""
        d, s = data.get("divergence") or {}, data.get("shortlist") or {}
        return {
            "name": data["name"], "due": data.get("due"), "blind": data.get("blind"), "min_sheets": data.get("min_sheets", 1),
            "judges_per_entry": None if data.get("judges_per_entry", "panel") == "panel" else data["judges_per_entry"],
            "scale_max": data["scale"]["max"], "method": data["aggregation"]["method"], "threshold": data["aggregation"].get("threshold"),
            "spread": d.get("spread"), "spread_op": d.get("spread_op", ">"), "from_mean": d.get("from_mean"),
            "from_mean_op": d.get("from_mean_op", ">"), "per_category": s.get("per_category"), "floor": s.get("floor"),
            "criteria": [*data.get("criteria", []), {}],
        }  # fmt: skip

    def write(self, data: Data) -> None:
        """Written into one round."""
        data |= {
            "name": self.name.data, "blind": self.blind.data, "min_sheets": self.min_sheets.data,
            "judges_per_entry": self.judges_per_entry.data or "panel", "scale": {**data["scale"], "max": self.scale_max.data},
            "aggregation": {k: v for k, v in {**data["aggregation"], "method": self.method.data, "threshold": self.threshold.data}.items() if v is not None},
        }  # fmt: skip
        data.pop("due", None)
        if self.due.data:
            data["due"] = self.due.data
        self._write_thresholds(data)
        old = {c["key"]: c for c in data.get("criteria", [])}
        taken = set(old)
        if not data.get("same_criteria_as"):
            data["criteria"] = [
                {
                    **old.get(f.key.data or "", {}), "key": f.key.data if f.key.data in old else key_of(f.name.data, taken), "name": f.name.data,
                    "max": f.max.data, **({"step": f.step.data} if f.step.data is not None else {}), "anchor": f.anchor.data or "",
                }
                for f in (row.form for row in self.criteria if row.form.name.data)
            ]  # fmt: skip

    def _write_thresholds(self, data: Data) -> None:
        spread, mean = self.spread.data, self.from_mean.data
        data.pop("divergence", None)
        if spread is not None or mean is not None:
            found = {
                "spread": spread,
                "spread_op": self.spread_op.data,
                "from_mean": mean,
                "from_mean_op": self.from_mean_op.data,
            }
            data["divergence"] = {k: v for k, v in found.items() if v is not None}
        rule = {
            **(data.pop("shortlist", None) or {}),
            "per_category": self.per_category.data,
            "floor": self.floor.data,
        }
        rule = {k: v for k, v in rule.items() if v is not None and v != {}}
        if rule:
            data["shortlist"] = rule


class TieRow(Rows):
    """One link of the chain."""

    link = SelectField("Xét", [Optional()])


class TiesForm(SectionForm):
    """What is asked in turn when published totals are equal."""

    title = "Khi bằng điểm"
    chain = FieldList(FormField(TieRow), "Lần lượt xét", max_entries=10)

    @classmethod
    def values(cls, data: Data) -> Data:
        """Shown."""
        chain = [
            {"link": f"criterion:{k['criterion']}" if isinstance(k, dict) else k}
            for k in data["ties"]["chain"]
        ]
        return {"chain": [*chain, {}]}

    def offer(self, data: Data) -> None:
        """The criteria of the rounds, and the three other links."""
        criteria = {c["key"]: c["name"] for r in data["rounds"] for c in r.get("criteria", [])}
        choices = [("", "–"), *((f"criterion:{k}", f"điểm “{n}” cao hơn") for k, n in criteria.items())]
        choices += [
            ("higher_median", "trung vị cao hơn"),
            ("chair", "Chủ tịch hội đồng quyết định, ghi lý do"),
            ("shared", "cùng nhận giải"),
        ]
        for row in self.chain:
            row.form.link.choices = choices

    def write(self, data: Data) -> None:
        """Written."""
        links = [row.form.link.data for row in self.chain if row.form.link.data]
        data["ties"]["chain"] = [
            {"criterion": k.removeprefix("criterion:")} if k.startswith("criterion:") else k for k in links
        ]


QUOTAS = [("at_most", "không quá"), ("exact", "đúng"), ("range", "từ … đến …"), ("total", "tổng cộng")]


class PrizeRow(Rows):
    """One tier."""

    tier = Line("Mức giải", [Optional(), Length(max=120)])
    per = SelectField("Tính", choices=[("category", "mỗi nhóm giải"), ("overall", "chung cả cuộc thi")])
    kind = SelectField(
        "Loại giải",
        choices=[
            ("entry", "cho tác phẩm"),
            ("collective", "tập thể"),
            ("special", "đặc biệt"),
            ("theme", "chuyên đề"),
            ("personal", "cá nhân"),
            ("derived", "suy ra"),
        ],
    )
    quota = SelectField("Số lượng", choices=QUOTAS)
    low = Whole("Từ", [Optional(), NumberRange(0, 1000)])
    high = Whole("Số giải", [Optional(), NumberRange(0, 1000)])
    value_vnd = Whole("Giá trị (đồng)", [Optional(), NumberRange(0, 10_000_000_000)])
    in_kind = Line("Hiện vật", [Optional(), Length(max=300)])


class PrizesForm(SectionForm):
    """Tiers, and what is shown when."""

    title = "Giải thưởng, công bố"
    prizes = FieldList(FormField(PrizeRow), "Mức giải", max_entries=40)
    public_notice_days = Whole("Niêm yết trước quyết định (ngày)", [Optional(), NumberRange(0, 90)])
    show_received_count = BooleanField("Hiện số tác phẩm đã nhận trên trang cuộc thi")
    show_totals = BooleanField("Hiện điểm ở trang kết quả")

    @classmethod
    def values(cls, data: Data) -> Data:
        """Shown."""
        rows = []
        for p in data.get("prizes", []):
            q = p["quota"]
            kind = next((k for k, _ in QUOTAS if q.get(k) is not None), "at_most")
            low, high = q["range"] if kind == "range" else (None, q.get(kind))
            rows.append({**p, "quota": kind, "low": low, "high": high})
        return {
            "prizes": [*rows, {}],
            **{
                k: data["publication"].get(k)
                for k in ("public_notice_days", "show_received_count", "show_totals")
            },
        }

    def write(self, data: Data) -> None:
        """Written; conditions and multiples of the base salary stay with their tier."""
        old = {p["tier"]: p for p in data.get("prizes", [])}
        found = []
        for f in (row.form for row in self.prizes if row.form.tier.data):
            before = old.get(f.tier.data, {})
            high = f.high.data or 0
            quota: Data = (
                {"range": [f.low.data or 0, high]} if f.quota.data == "range" else {f.quota.data: high}
            )
            if before.get("quota", {}).get("by_category"):
                quota["by_category"] = before["quota"]["by_category"]
            item = {
                **before,
                "tier": f.tier.data,
                "per": f.per.data,
                "kind": f.kind.data,
                "quota": quota,
                "in_kind": f.in_kind.data or "",
            }
            item.pop("value_vnd", None)
            if f.value_vnd.data is not None:
                item["value_vnd"] = f.value_vnd.data
            found.append(item)
        data["prizes"] = found
        data["publication"] |= {
            "public_notice_days": self.public_notice_days.data or 0, "show_received_count": self.show_received_count.data,
            "show_totals": self.show_totals.data,
        }  # fmt: skip
