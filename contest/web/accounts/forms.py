"""Shapes of the account forms."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, TelField
from wtforms.validators import EqualTo, InputRequired, Length, NumberRange, Optional

from contest.web.forms import Form, Line, Paragraphs, Whole, one_address


class LoginForm(Form):
    """Address and password; `resume` carries a form that waited for the login."""

    email = EmailField(
        "Địa chỉ thư điện tử", [InputRequired(), Length(max=254)], render_kw={"autocomplete": "username"}
    )
    password = PasswordField(
        "Mật khẩu", [InputRequired(), Length(max=200)], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()
    resume = HiddenField()


class SignUpForm(Form):
    """What an author needs to begin."""

    name = Line("Họ và tên", [InputRequired(), Length(max=200)], render_kw={"autocomplete": "name"})
    email = EmailField(
        "Địa chỉ thư điện tử",
        [InputRequired(), Length(max=254), one_address],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Mật khẩu",
        [InputRequired(), Length(min=10, max=200)],
        description="Ít nhất 10 ký tự. Một câu ngắn dễ nhớ là tốt nhất.",
        render_kw={"autocomplete": "new-password"},
    )
    next = HiddenField()


class AskResetForm(Form):
    """Where to send the link."""

    email = EmailField(
        "Địa chỉ thư điện tử", [InputRequired(), Length(max=254)], render_kw={"autocomplete": "username"}
    )


class NewPasswordForm(Form):
    """A new password, twice."""

    password = PasswordField(
        "Mật khẩu mới",
        [InputRequired(), Length(min=10, max=200)],
        description="Ít nhất 10 ký tự.",
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "Nhập lại mật khẩu",
        [InputRequired(), EqualTo("password", "Hai lần nhập chưa giống nhau.")],
        render_kw={"autocomplete": "new-password"},
    )


class TakeUpForm(Form):
    """Taking up an invitation with the password of the account that the address has."""

    password = PasswordField(
        "Mật khẩu", [InputRequired(), Length(max=200)], render_kw={"autocomplete": "current-password"}
    )


class InvitationForm(Form):
    """Taking up an invitation with a new account, which sets its password here."""

    password = PasswordField(
        "Đặt mật khẩu",
        [InputRequired(), Length(min=10, max=200)],
        description="Ít nhất 10 ký tự.",
        render_kw={"autocomplete": "new-password"},
    )


class ButtonForm(Form):
    """A single button."""


class AffiliationForm(Form):
    """Where somebody works, as typed and as picked from the list."""

    agency = HiddenField()
    agency_name = Line("Cơ quan báo chí", [Optional(), Length(max=300)])
    unit = HiddenField()
    unit_name = Line("Cơ quan, đơn vị", [Optional(), Length(max=300)])


class ProfileForm(AffiliationForm):
    """What people say about themselves."""

    name = Line("Họ và tên", [InputRequired(), Length(max=200)])
    phone = TelField("Điện thoại", [Optional(), Length(max=40)])
    birth_year = Whole("Năm sinh", [Optional(), NumberRange(1920, 2015)])
    pen_names = Paragraphs("Bút danh", [Optional(), Length(max=500)], description="Mỗi dòng một bút danh.")


class EmailForm(Form):
    """The new address, and the password, as whoever reads its mail owns the account."""

    email = EmailField("Địa chỉ thư điện tử mới", [InputRequired(), Length(max=254)])
    password = PasswordField(
        "Mật khẩu đang dùng",
        [InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(NewPasswordForm):
    """Old and new password."""

    old = PasswordField(
        "Mật khẩu đang dùng",
        [InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class InviteForm(AffiliationForm):
    """Somebody invited to a role."""

    name = Line("Họ và tên", [InputRequired(), Length(max=200)])
    email = EmailField("Địa chỉ thư điện tử", [InputRequired(), Length(max=254)])
    role = SelectField("Vai trò", [InputRequired()])
    panel = SelectField("Hội đồng (giám khảo)", [Optional()])
    is_chair = BooleanField("Là trưởng tiểu ban")


class InviteOrganizerForm(Form):
    """Somebody the operator invites to run a contest."""

    name = Line("Họ và tên", [InputRequired(), Length(max=200)])
    email = EmailField("Địa chỉ thư điện tử", [InputRequired(), Length(max=254)])


class EndForm(Form):
    """Why a role ends."""

    reason = Line("Lý do", [InputRequired(), Length(max=500)])


class AccountForm(Form):
    """What the operator may change about an account."""

    disabled = BooleanField("Khóa tài khoản")
    operator = BooleanField("Người vận hành")
