"""How works are judged: the rounds in order, each round with its criteria, and the tie chain, as forms."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contest.web.contests.parts import ARTICLE, Data, Group, Row, RowList, SectionForm, given, key_of
from contest.web.forms import Day, DecimalComma, Line, Several, Whole

METHODS = [
    ("mean", "trung bình cộng"), ("median", "trung vị"), ("trimmed", "bỏ một phiếu cao nhất, một thấp nhất (từ 5 phiếu)"),
    ("outlier_filtered", "bỏ phiếu lệch quá ngưỡng"),
]  # fmt: skip
OPS = [(">", "quá"), (">=", "từ")]
PRESETS = [
    ("", "theo các ngưỡng dưới đây"),
    ("PANEL_MEAN", "chênh quá 3 điểm, hoặc lệch trung bình quá 2 điểm"),
    ("TWO_PLUS_ONE", "hai phiếu chênh quá 1,5 điểm thì chấm phiếu thứ ba"),
    ("THIRD_DECIDES", "hai phiếu chênh từ 20 điểm thì phiếu thứ ba quyết định"),
]


def pad(numbers: Several, data: Data) -> None:
    """One box a group, named after it."""
    while len(numbers) < len(data["categories"]):
        numbers.append_entry()
    for entry, category in zip(numbers, data["categories"], strict=False):
        entry.label.text = category["name"]


def by_category(numbers: Several, data: Data) -> Data:
    """The boxes that are filled, by the key of their group."""
    pairs = zip(numbers, data["categories"], strict=False)
    return given(**{category["key"]: entry.data for entry, category in pairs})


class RoundRow(Row):
    """One round in the list."""

    IS_SHORT = True
    key = HiddenField()
    name = Line("Tên vòng", [Optional(), Length(max=1000)])


class RoundsForm(SectionForm):
    """Which rounds there are, in which order."""

    title = "Các vòng chấm"
    groups = (
        Group("Các vòng, theo thứ tự", ("rounds",), "Vòng mới lấy tiêu chí của vòng trước nó; sửa ở trang của vòng đó. Vòng đã mở thì không bỏ, không đổi chỗ được."),
    )  # fmt: skip
    places = {"rounds": ("rounds", "name")}
    rounds = RowList(RoundRow, "Các vòng", add="Thêm vòng", one="Vòng")

    @classmethod
    def values(cls, data: Data, key: str = "") -> Data:
        """Shown."""
        return {"rounds": [*({"key": r["key"], "name": r["name"]} for r in data["rounds"]), {}]}

    def write(self, data: Data, key: str = "") -> None:
        """Written; a new round begins with the criteria and the scale of the one before it."""
        old = {r["key"]: r for r in data["rounds"]}
        taken: set[str] = set(old)
        found: list[Data] = []
        for row in self.rounds.kept():
            if row.key.data in old:
                found.append({**old[row.key.data], "name": row.name.data})
                continue
            model = found[-1] if found else data["rounds"][0]
            found.append({
                "key": key_of(row.name.data, taken), "name": row.name.data, "scale": dict(model["scale"]),
                "criteria": deepcopy(_criteria(data, model)),
            })  # fmt: skip
        data["rounds"] = found


def _criteria(data: Data, rules: Data) -> Any:
    """The criteria of a round, its own or those it refers to."""
    while other := rules.get("same_criteria_as"):
        rules = next(r for r in data["rounds"] if r["key"] == other)
    return rules["criteria"]


class CriterionRow(Row):
    """One criterion."""

    key = HiddenField()
    name = Line("Tên tiêu chí", [Optional(), Length(max=1000)])
    anchor = Line("Gợi ý cho giám khảo", [Optional(), Length(max=500)])
    max = DecimalComma("Điểm tối đa", [Optional()])
    min = DecimalComma("Điểm tối thiểu", [Optional()], description="Để trống: 0.")
    step = DecimalComma("Bước điểm", [Optional()], description="Để trống: 0,5.")


class RoundForm(SectionForm):
    """One round of judging."""

    title = "Vòng chấm"
    groups = (
        Group("Vòng", ("name", "due", "article", "blind")),
        Group("Giám khảo, phiếu", ("judges_per_entry", "min_sheets")),
        Group("Tiêu chí, thang điểm", ("same_criteria_as", "scale_min", "scale_max", "criteria"), "Điểm tối đa của các tiêu chí cộng lại bằng thang điểm."),
        Group("Gộp phiếu thành kết quả", ("method", "threshold", "carry_round", "carry_weight")),
        Group("Lệch điểm: Chủ tịch hội đồng phải quyết định", ("preset", "spread_op", "spread", "from_mean_op", "from_mean"), "Để trống cả hai ngưỡng: không xét lệch điểm."),
        Group("Chọn vào vòng sau", ("per_category", "floor", "by_category"), "Mức trần, không nhất thiết lấy đủ. Để trống: không giới hạn."),
    )  # fmt: skip
    places = {
        "criteria": ("criteria", "name"), "criteria.max": ("criteria", "max"), "criteria.min": ("criteria", "min"),
        "criteria.step": ("criteria", "step"), "scale": ("", "scale_max"), "scale.min": ("", "scale_min"),
        "same_criteria_as": ("", "same_criteria_as"), "carry_over": ("", "carry_round"),
        "carry_over.weight": ("", "carry_weight"), "min_sheets": ("", "min_sheets"),
        "judges_per_entry": ("", "judges_per_entry"), "aggregation": ("", "threshold"), "shortlist": ("", "per_category"),
        "shortlist.floor": ("", "floor"), "divergence.spread": ("", "spread"), "divergence.from_mean": ("", "from_mean"),
        "name": ("", "name"),
    }  # fmt: skip
    name = Line("Tên vòng", [InputRequired(), Length(max=1000)])
    due = Day("Hạn chấm", [Optional()])
    article = Line("Điều về vòng này", [Optional(), Length(max=200)], description=ARTICLE)
    blind = BooleanField("Chấm kín: giám khảo không biết tác giả")
    judges_per_entry = Whole(
        "Mỗi tác phẩm bao nhiêu giám khảo",
        [Optional(), NumberRange(1, 50)],
        description="Để trống: cả hội đồng.",
    )
    min_sheets = Whole("Ít nhất bao nhiêu phiếu thì tính", [InputRequired(), NumberRange(1, 50)])
    same_criteria_as = SelectField("Tiêu chí lấy từ")
    scale_min = DecimalComma("Tổng điểm thấp nhất của một phiếu", [Optional()], description="Để trống: 0.")
    scale_max = DecimalComma("Thang điểm (tổng cao nhất)", [InputRequired()])
    criteria = RowList(CriterionRow, "Tiêu chí", add="Thêm tiêu chí", one="Tiêu chí")
    method = SelectField("Cách gộp phiếu", choices=METHODS)
    threshold = DecimalComma(
        "Ngưỡng lệch", [Optional()], description="Chỉ dùng khi bỏ phiếu lệch quá ngưỡng."
    )
    carry_round = SelectField("Điểm của vòng trước")
    carry_weight = DecimalComma(
        "Trọng số của điểm vòng trước", [Optional(), NumberRange(0, 1)], description="0: chỉ hiện. Đến 1."
    )
    preset = SelectField("Xét lệch điểm", choices=PRESETS)
    spread_op = SelectField("Phiếu cao nhất chênh phiếu thấp nhất", choices=OPS)
    spread = DecimalComma("Chênh bao nhiêu điểm", [Optional()])
    from_mean_op = SelectField("Một phiếu lệch trung bình", choices=OPS)
    from_mean = DecimalComma("Lệch bao nhiêu điểm", [Optional()])
    per_category = Whole("Mỗi nhóm giải không quá (tác phẩm)", [Optional(), NumberRange(1, 1000)])
    floor = DecimalComma("Từ bao nhiêu điểm", [Optional()])
    by_category = Several(Whole("", [Optional(), NumberRange(0, 1000)]), "Riêng từng nhóm giải")

    @classmethod
    def values(cls, data: Data, key: str = "") -> Data:
        """Shown; `key` is the round."""
        rules = next(r for r in data["rounds"] if r["key"] == key)
        d, s, carry = rules.get("divergence", {}), rules.get("shortlist", {}), rules.get("carry_over", {})
        judges, own = rules.get("judges_per_entry", "panel"), s.get("by_category", {})
        return {
            **{name: rules.get(name) for name in ("name", "due", "article", "blind", "same_criteria_as")},
            "judges_per_entry": None if judges == "panel" else judges, "min_sheets": rules.get("min_sheets", 1),
            "scale_min": rules["scale"].get("min"), "scale_max": rules["scale"]["max"],
            "criteria": [*rules.get("criteria", []), {}], "method": rules.get("aggregation", {}).get("method", "mean"),
            "threshold": rules.get("aggregation", {}).get("threshold"), "carry_round": carry.get("round"),
            "carry_weight": carry.get("weight"), "preset": d.get("preset", ""), "spread": d.get("spread"),
            "spread_op": d.get("spread_op", ">"), "from_mean": d.get("from_mean"), "from_mean_op": d.get("from_mean_op", ">"),
            "per_category": s.get("per_category"), "floor": s.get("floor"),
            "by_category": [own.get(c["key"]) for c in data["categories"]],
        }  # fmt: skip

    def offer(self, data: Data) -> None:
        """The other rounds and the groups."""
        rounds = [(r["key"], r["name"]) for r in data["rounds"]]
        self.same_criteria_as.choices = [("", "các tiêu chí dưới đây"), *rounds]
        self.carry_round.choices = [("", "không dùng"), *rounds]
        pad(self.by_category, data)

    def write(self, data: Data, key: str = "") -> None:
        """Written into this round."""
        rules = next(r for r in data["rounds"] if r["key"] == key)
        old = {c["key"] for c in rules.get("criteria", [])}
        for name in ("due", "divergence", "shortlist", "carry_over", "same_criteria_as"):
            rules.pop(name, None)
        rules |= {
            "name": self.name.data, "article": self.article.data or "", "blind": self.blind.data,
            "judges_per_entry": self.judges_per_entry.data or "panel", "min_sheets": self.min_sheets.data,
            "scale": given(min=self.scale_min.data, max=self.scale_max.data),
            "aggregation": given(method=self.method.data, threshold=self.threshold.data),
            **given(due=self.due.data, divergence=self._divergence(), shortlist=self._shortlist(data)),
        }  # fmt: skip
        if self.carry_round.data:
            rules["carry_over"] = given(round=self.carry_round.data, weight=self.carry_weight.data)
        if self.same_criteria_as.data:
            rules |= {"same_criteria_as": self.same_criteria_as.data, "criteria": []}
            return
        taken = set(old)
        rules["criteria"] = [
            {
                "key": f.key.data if f.key.data in old else key_of(f.name.data, taken), "name": f.name.data,
                "anchor": f.anchor.data or "", **given(max=f.max.data, min=f.min.data, step=f.step.data),
            }
            for f in self.criteria.kept()
        ]  # fmt: skip

    def _divergence(self) -> Data | None:
        bounds = given(
            spread=self.spread.data, from_mean=self.from_mean.data, preset=self.preset.data or None
        )
        ops = {"spread_op": self.spread_op.data, "from_mean_op": self.from_mean_op.data}
        return bounds | ops if bounds else None

    def _shortlist(self, data: Data) -> Data | None:
        own = by_category(self.by_category, data) or None
        return given(per_category=self.per_category.data, floor=self.floor.data, by_category=own) or None


class TieRow(Row):
    """One link of the chain."""

    IS_SHORT = True
    FIRST = "link"
    link = SelectField("Xét", [Optional()])


class TiesForm(SectionForm):
    """What is asked in turn when published totals are equal."""

    title = "Khi bằng điểm"
    groups = (
        Group(
            "Lần lượt xét", ("chain",), "Hết danh sách mà vẫn bằng nhau thì dừng lại hỏi Chủ tịch hội đồng."
        ),
        Group("Trong Thể lệ", ("article",)),
    )
    places = {"ties.chain": ("chain", "link")}
    chain = RowList(TieRow, "Lần lượt xét", add="Thêm bước xét", one="Bước")
    article = Line("Điều về bằng điểm", [Optional(), Length(max=200)], description=ARTICLE)

    @classmethod
    def values(cls, data: Data, key: str = "") -> Data:
        """Shown."""
        chain = [
            {"link": f"criterion:{k['criterion']}" if isinstance(k, dict) else k}
            for k in data["ties"]["chain"]
        ]
        return {"chain": [*chain, {}], "article": data["ties"]["article"]}

    def offer(self, data: Data) -> None:
        """The criteria of the rounds, and the three other links."""
        criteria = {c["key"]: c["name"] for r in data["rounds"] for c in r.get("criteria", [])}
        choices = [
            ("", "(để trống)"),
            *((f"criterion:{k}", f"điểm “{n}” cao hơn") for k, n in criteria.items()),
        ]
        choices += [
            ("higher_median", "trung vị cao hơn"),
            ("chair", "Chủ tịch hội đồng quyết định, ghi lý do"),
            ("shared", "cùng nhận giải"),
        ]
        for entry in self.chain:
            entry.form.link.choices = choices

    def write(self, data: Data, key: str = "") -> None:
        """Written."""
        links = [row.link.data for row in self.chain.kept()]
        data["ties"] = {
            "chain": [
                {"criterion": k.removeprefix("criterion:")} if k.startswith("criterion:") else k
                for k in links
            ],
            "article": self.article.data or "",
        }
