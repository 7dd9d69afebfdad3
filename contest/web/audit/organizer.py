"""The log of a contest: who, when, what, before and after; readable and filterable."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, render_template, request

from contest.clock import end_of_day, start_of_day
from contest.domain.permissions import Actor, Permission
from contest.models import Contest
from contest.services import audit
from contest.services.contests import reading as contests
from contest.web.access import guard

bp = Blueprint("organizer", __name__)

NOUNS = {
    "contest": "Cuộc thi", "rulebook": "Thể lệ", "member": "Thành viên", "entry": "Hồ sơ", "file": "Tệp", "verdict": "Kết luận", "person": "Người",
    "exemplar": "Mô hình", "panel": "Hội đồng", "round": "Vòng chấm", "assignment": "Phân công", "judge": "Giám khảo", "scoresheet": "Phiếu chấm",
    "divergence": "Lệch điểm", "shortlist": "Danh sách vào vòng sau", "prize": "Giải thưởng", "results": "Kết quả", "account": "Tài khoản", "site": "Trang",
}  # fmt: skip
VERBS = {
    "created": "tạo", "opened": "mở", "open": "mở", "close": "khóa", "closed": "khóa", "reopen": "mở lại", "reopened": "mở lại", "changed": "đổi",
    "rules_attached": "tải lên Thể lệ đã ký", "invited": "mời", "added": "thêm", "ended": "kết thúc", "started": "bắt đầu", "submitted": "nộp",
    "withdrawn": "rút", "changes_discarded": "bỏ phần sửa", "file_added": "thêm tệp", "file_removed": "bỏ tệp", "days_set": "ghi ngày nhận",
    "accept": "kết luận hợp lệ", "return": "yêu cầu bổ sung", "reject": "kết luận không hợp lệ", "undo": "hoàn lại", "disqualify": "loại",
    "category_moved": "chuyển nhóm", "overridden": "kết luận khác với máy", "compared": "so hai người", "cleared": "soát", "uncleared": "bỏ soát",
    "linked": "nối với danh mục", "removed": "xóa", "due_set": "đặt hạn", "reminded": "nhắc", "applied": "lập", "released": "thu hồi", "returned": "trở lại",
    "recused": "xin không chấm", "declared": "cam kết trước khi chấm", "saved": "lưu", "signed": "ký", "typed_in": "nhập từ giấy", "confirmed": "xác nhận",
    "sent_back": "trả để nhập lại", "decided": "quyết định", "cut_decided": "quyết định ở ngưỡng", "tie_settled": "quyết định bằng điểm", "move": "chuyển",
    "leave_empty": "để trống", "extra": "thêm ngoài cơ cấu", "collective": "giải tập thể", "remove": "bỏ", "undone": "bỏ thay đổi", "published": "công bố",
    "scheduled": "hẹn giờ công bố", "schedule_cancelled": "hủy hẹn", "publish": "công bố", "archive": "lưu trữ", "start_judging": "bắt đầu chấm",
    "proposed": "đề nghị", "profile_changed": "đổi thông tin", "signed_up": "mở tài khoản",
}  # fmt: skip


def words(action: str) -> str:
    """An action as people read it: "entry:submitted" is "Hồ sơ: nộp"."""
    noun, _, verb = action.partition(":")
    return f"{NOUNS.get(noun, noun)}: {VERBS.get(verb, verb.replace('_', ' '))}"


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


@bp.get("/contests/<slug>/log")
@guard(Permission.AUDIT_READ, contests.get_contest)
def log(contest: Contest, actor: Actor) -> str:
    """One page of the log under a filter, newest first. Marks never stand in it."""
    since, until = _day("since"), _day("until")
    page = request.args.get("page", "1")
    wanted = audit.AuditFilter(
        action=request.args.get("action", "")[:80], actor=request.args.get("who", "")[:100], text=request.args.get("q", "")[:100],
        since=start_of_day(since) if since else None, until=end_of_day(until) if until else None,
        page=int(page) if page.isdigit() and len(page) < 6 else 1,
    )  # fmt: skip
    return render_template(
        "audit/organizer/log.html", contest=contest, found=audit.list_events(contest.id, wanted), wanted=wanted, words=words,
        actions=audit.list_actions(contest.id), since=since, until=until, shown=_shown,
    )  # fmt: skip


def _shown(value: object) -> str:
    """One value of before or after, short."""
    if value is None or value == "":
        return "(trống)"
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
