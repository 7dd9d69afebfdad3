"""The log in Vietnamese: what each act, each value and each criterion is called where people read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from contest.clock import local
from contest.domain.contests import ContestAction, ContestState
from contest.domain.entries import EntryAction, EntryState
from contest.domain.rulebook.schema import Rulebook
from contest.domain.verdicts import Outcome
from contest.domain.vietnamese import format_decimal
from contest.models import AuditEvent
from contest.services.accounts.members import ROLE_NAMES

NOUNS = {
    "contest": "Cuộc thi", "rulebook": "Thể lệ", "member": "Thành viên", "entry": "Hồ sơ", "file": "Tệp", "verdict": "Kết luận", "person": "Người",
    "exemplar": "Mô hình", "panel": "Hội đồng", "round": "Vòng chấm", "assignment": "Phân công", "judge": "Giám khảo", "scoresheet": "Phiếu chấm",
    "divergence": "Lệch điểm", "shortlist": "Danh sách vào vòng sau", "prize": "Giải thưởng", "results": "Kết quả", "account": "Tài khoản", "site": "Trang",
    "unit": "Đơn vị", "mail": "Thư", "dossier": "Hồ sơ",
}  # fmt: skip
VERBS = {
    "created": "tạo", "opened": "mở", "closed": "khóa", "reopened": "mở lại", "changed": "đổi", "rules_attached": "tải lên Thể lệ đã ký",
    "invited": "mời", "added": "thêm", "ended": "kết thúc", "started": "bắt đầu", "submitted": "nộp", "resubmitted": "nộp lại sau khi đã hợp lệ", "withdrawn": "rút",
    "changes_discarded": "bỏ phần sửa", "recorded_late": "ghi nhận quá hạn", "exported": "tải danh sách", "corrected": "đính chính tên, tác giả", "continued": "hoạt động tiếp", "days_corrected": "sửa ngày nhận, dấu bưu điện", "file_added": "thêm tệp", "file_removed": "bỏ tệp",
    "category_moved": "chuyển nhóm", "overridden": "kết luận khác với máy", "compared": "so hai người", "cleared": "soát", "uncleared": "bỏ soát",
    "linked": "nối với danh mục", "removed": "xóa", "due_set": "đặt hạn", "reminded": "nhắc", "applied": "lập", "released": "thu hồi",
    "returned": "trở lại", "recused": "xin không chấm", "declared": "cam kết trước khi chấm", "saved": "lưu", "signed": "ký",
    "typed_in": "nhập từ giấy", "confirmed": "xác nhận", "sent_back": "trả để nhập lại", "decided": "quyết định", "cut_decided": "quyết định ở ngưỡng",
    "tie_settled": "quyết định bằng điểm", "move": "chuyển", "leave_empty": "để trống", "extra": "thêm ngoài cơ cấu", "collective": "giải tập thể", "move_up": "xét các tác phẩm sau lên chỗ trống", "keep_free": "để trống chỗ",
    "several_kept": "giữ nhiều giải cho một người", "several_undone": "bỏ quyết định giữ nhiều giải",
    "remove": "bỏ", "undone": "bỏ thay đổi", "decision_undone": "bỏ quyết định bằng điểm", "published": "công bố", "scheduled": "hẹn giờ công bố", "schedule_cancelled": "hủy hẹn công bố",
    "proposed": "đề nghị", "profile_changed": "đổi thông tin", "signed_up": "mở tài khoản", "signed_in": "đăng nhập",
    "signed_out_everywhere": "đăng xuất mọi thiết bị", "email_changed": "đổi thư điện tử", "password_changed": "đổi mật khẩu",
    "password_reset": "đặt lại mật khẩu", "operator_created": "tạo người vận hành", "invitation_withdrawn": "rút lời mời", "sent_again": "gửi lại", "mark_changed": "đổi biểu tượng",
    **{a.value: a.label.lower() for kind in (ContestAction, EntryAction) for a in kind},
}  # fmt: skip
KEYS = {
    "state": "Trạng thái", "sha256": "Mã kiểm tra", "category": "Nhóm", "email": "Thư điện tử", "role": "Vai trò", "also": "Vai trò đã có", "panel": "Hội đồng", "name": "Tên",
    "file": "Tệp", "entries": "Số tác phẩm", "due": "Hạn", "works": "Số tác phẩm", "version": "Bản nộp số", "unsigned": "Phiếu chưa ký", "typed": "Tác giả ghi",
    "tier": "Bậc giải", "signed_voided": "Không tính phiếu đã ký", "sheets": "Số phiếu", "shared": "Đồng giải", "scan": "Ảnh phiếu",
    "rule": "Điều kiện", "released": "Số lượt thu hồi", "received": "Ngày nhận", "postmarked": "Ngày dấu bưu điện", "persons": "Hai người",
    "title": "Tác phẩm", "agency": "Cơ quan báo chí", "authors": "Tác giả", "owner": "Cơ quan chủ quản", "outcome": "Kết luận", "operator": "Người vận hành", "mails": "Số thư", "kind": "Loại thay đổi", "finding": "Kết luận",
    "exemplar": "Mô hình", "disabled": "Khóa tài khoản", "covers": "Số vùng che", "conflicts": "Số tác phẩm xin không chấm", "changed": "Mục đã ghi",
    "chair": "Trưởng tiểu ban", "categories": "Các nhóm", "at": "Lúc", "phone": "Điện thoại", "birth_year": "Năm sinh", "unit": "Đơn vị", "places": "Ghi ở", "until": "Hoạt động đến hết ngày", "successors": "Đơn vị kế thừa", "source": "Căn cứ", "parent": "Trực thuộc", "beyond": "Ngoài điều kiện", "late": "Nhận quá hạn", "decided": "Lý do đã ghi",
    "place_asked": "Hỏi lại về chỗ trống",
}  # fmt: skip
VALUES = {
    **{s.value: s.label for kind in (ContestState, EntryState, Outcome) for s in kind},
    **{r.value: name for r, name in ROLE_NAMES.items()},
}
LONGEST = 60
HASH_SHOWN = 12


def words(action: str) -> str:
    """An action as people read it: "entry:submitted" is "Hồ sơ: nộp"."""
    noun, _, verb = action.partition(":")
    return f"{NOUNS.get(noun, noun)}: {VERBS.get(verb, verb)}"


class Reader:
    """Reads events of one contest; criteria and groups are called what its rulebook calls them. Outside contests there are none."""

    def __init__(self, rulebook: Rulebook | None = None) -> None:
        self.criteria = {c.key: c.name for r in rulebook.rounds for c in r.criteria} if rulebook else {}
        self.groups = {c.key: c.name for c in rulebook.categories} if rulebook else {}

    def changes(
        self, event: AuditEvent, marks: dict[str, list[int | None]]
    ) -> Iterator[tuple[str, str | None, str]]:
        """What an event changed: (name, before or None, after) for each value, the marks of a closed round last."""
        before, after = event.before or {}, event.after or {}
        for key in dict.fromkeys([*before, *after]):
            if key == "changed" and marks:
                continue
            yield (
                KEYS.get(key, key),
                self._shown(key, before[key]) if key in before else None,
                self._shown(key, after.get(key)),
            )
        for key, (old, new) in marks.items():
            yield self.criteria.get(key, key), _mark(old), _mark(new)

    def _shown(self, key: str, value: object) -> str:
        if value is None or value == "":
            return "(trống)"
        if isinstance(value, bool):
            return "có" if value else "không"
        text = str(value)
        if key == "sha256":
            return f"{text[:HASH_SHOWN]}…"
        if key == "changed":
            return ", ".join(
                "ý kiến" if k == "comment" else self.criteria.get(k, k) for k in text.split(", ")
            )
        if key in ("category", "categories"):
            return ", ".join(self.groups.get(k, k) for k in text.split(", "))
        if key in ("due", "at", "received", "postmarked", "until"):
            return _day(text)
        if key == "kind":
            return VERBS.get(text, text)
        text = VALUES.get(text, text)
        # Whom a work was credited to before and after is told whole, however many they are.
        return text if key == "authors" or len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _mark(thousandths: int | None) -> str:
    return "(chưa chấm)" if thousandths is None else format_decimal(Decimal(thousandths) / 1000)


def _day(text: str) -> str:
    try:
        if len(text) <= 10:
            return f"{date.fromisoformat(text):%d/%m/%Y}"
        return f"{local(datetime.fromisoformat(text)):%d/%m/%Y %H:%M}"
    except ValueError:
        return text
