"""What people see when something is refused or broken: a sentence to act on, never a trace."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, current_app, make_response, render_template, request
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from contest.domain.errors import UserError
from contest.models.database import is_duplicate

SENTENCES = {
    400: "Yêu cầu chưa đúng dạng. Hãy tải lại trang rồi làm lại.",
    403: "Yêu cầu này không được nhận từ nơi khác. Hãy mở trang rồi làm lại.",
    404: "Không có trang này, hoặc tài khoản đang dùng không xem được trang này.",
    405: "Địa chỉ này không nhận cách gửi vừa rồi. Hãy quay lại trang trước.",
    409: "Việc này vừa được làm ở nơi khác. Hãy tải lại trang để xem.",
    413: "Nội dung gửi lên quá lớn. Hãy rút gọn hoặc gửi tệp nhỏ hơn.",
    415: "Không mở được loại tệp này.",
    422: "Có chỗ được nhập quá dài hoặc quá lớn nên chưa ghi gì. Hãy quay lại trang trước và rút gọn.",
    500: "Hệ thống gặp lỗi. Việc vừa làm có thể chưa được ghi: hãy quay lại trang trước để xem rồi làm lại.",
    503: "Hệ thống đang bận. Hãy thử lại sau ít giây.",
}
OTHER_NAME = (
    "Máy chủ không trả lời ở tên miền này. Hãy mở đúng địa chỉ của cuộc thi; người quản trị đặt tên miền ở BASE_URL "
    "hoặc TRUSTED_HOSTS."
)
TITLES = {404: "Không tìm thấy", 500: "Có lỗi", 503: "Đang bận"}

log = logging.getLogger("contest")


def init_errors(app: Flask) -> None:
    """Install the pages for refusals and faults."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(UserError, _refusal)
    app.register_error_handler(OperationalError, _database_busy)
    app.register_error_handler(IntegrityError, _database_refuses)
    app.register_error_handler(DataError, _database_has_no_room)
    app.register_error_handler(Exception, _fault)


def _http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        broken = error.original_exception  # while another refusal was being explained
        return _database_busy(broken) if isinstance(broken, OperationalError) else _fault(broken)
    if isinstance(error, SecurityError):
        return Response(OTHER_NAME, 400, mimetype="text/plain")  # there is no address to build a page from
    return explain(error.code, SENTENCES.get(error.code, SENTENCES[400]))


def _refusal(error: UserError) -> Response:
    return explain(error.status, str(error))


def _database_busy(error: OperationalError) -> Response:
    log.warning("database busy: %s", error)
    response = explain(503, SENTENCES[503])
    response.headers["Retry-After"] = "2"
    return response


def _database_refuses(error: IntegrityError) -> Response:
    """Two did the same at once: the second is told to look again. Any other broken rule is a fault of ours."""
    if is_duplicate(error):
        log.warning("two at once: %s", error.orig)
        return explain(409, SENTENCES[409])
    return _fault(error)


def _database_has_no_room(error: DataError) -> Response:
    """Something longer or larger than its column. Forms say so first, beside the field; this is behind them."""
    log.warning("no room for a value: %s", error.orig)
    return explain(422, SENTENCES[422])


def _fault(error: BaseException) -> Response:
    code = secrets.token_hex(4)
    log.exception("fault %s at %s", code, request.path, exc_info=error)
    return explain(500, f"{SENTENCES[500]} Mã lỗi: {code}.")


def explain(status: int, message: str) -> Response:
    """A short text for scripts, a page for people."""
    if request.headers.get("X-Requested-With") == "fetch" or request.method == "PUT":
        return Response(message, status, mimetype="text/plain")
    shown = {"status": status, "title": TITLES.get(status, "Chưa làm được"), "message": message}
    try:
        page = render_template("layout/error.html", **shown)
    except SQLAlchemyError:
        page = current_app.jinja_env.get_template("layout/no_database.html").render(shown)
    return make_response(page, status)
