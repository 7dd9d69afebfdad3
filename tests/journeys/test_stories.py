"""The stories of the issue in a real browser: an author on a phone, a judge on a tablet, an organizer at a desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Response, expect

from contest.sample.drawings import newspaper_page
from contest.sample.people import AUTHORS, HOME
from contest.sample.works import works
from tests.journeys.conftest import Arrive, settle

pytestmark = pytest.mark.journey


def is_saved(answer: Response, field: str = "") -> bool:
    """The answer to a form that was stored with this field; words on the page may still be those of the save before."""
    sent = answer.request.post_data or ""
    return answer.request.method == "POST" and answer.ok and field in sent


def a_page() -> bytes:
    """A newspaper page as an author would send it."""
    from datetime import date

    work = works("published")[0]
    return newspaper_page(
        title="Những người gác đêm",
        byline="Nguyễn Thị Lan",
        outlet="Báo Quảng Ngãi",
        genre="Phóng sự",
        day=date(2026, 8, 4),
        page="4",
        text=work.parts[0][1],
        picture=1,
    )


def test_an_author_on_a_phone_from_sign_up_to_receipt(arrive: Arrive) -> None:
    lan = arrive(390, 844, touch=True)
    page = lan.go("/c/dang-nhan")
    page.click("text=Gửi tác phẩm")
    page.click("text=Mở tài khoản")
    page.fill("[name=name]", "Nguyễn Thị Ngọc Lan Phương")
    page.fill("[name=email]", "lan.phuong@tacgia.example")
    page.fill("[name=password]", "một câu ngắn dễ nhớ")
    page.click("main button.primary")
    settle(page, lambda url: "/accounts/sign-up" not in url)
    lan.go("/c/dang-nhan/enter").click("text=Bắt đầu soạn")
    settle(page, "**/work")
    page.fill("[name=title]", "Những người gác đêm ở bến Tịnh Kỳ")
    page.select_option("[name=media_type]", "print")
    assert "phim tài liệu" not in page.locator("[name=genre]").inner_text(), "genres follow the media type"
    page.select_option("[name=genre]", "phóng sự")
    page.select_option("[name=field]", index=1)
    page.locator("[name=agency_name]").press_sequentially("bao quang ng", delay=20)
    page.locator("[role=option]").first.dispatch_event("pointerdown")
    assert page.input_value("[name=agency_name]") == "bao quang ng", (
        "a finger that comes to scroll chooses nothing"
    )
    with page.expect_response(lambda r: is_saved(r, "agency_name=B%C3%A1o+Qu")):
        page.locator("[role=option]", has_text="Báo Quảng Ngãi").first.tap()
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu")
    page.locator("[name=unit_name]").press_sequentially("Đội dân phòng bến cá", delay=20)
    expect(page.locator(".options:visible")).to_contain_text("cứ giữ tên đã gõ")
    page.keyboard.press("Enter")
    expect(page.locator(".options:visible")).to_have_count(0)
    assert page.url.endswith("/work"), "Enter in a list of names sends nothing"
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu")

    # A closed tab loses nothing.
    address = page.url
    page.close()
    lan.page = page = lan.new_page()
    page.goto(address)
    settle(page)
    assert page.input_value("[name=title]") == "Những người gác đêm ở bến Tịnh Kỳ"
    assert page.input_value("[name=agency_name]") == "Báo Quảng Ngãi"
    page.fill("[name=summary]", "Mười hai người thay nhau thức để bến cá ngủ yên.")
    page.click("button[name=go]")

    settle(page, "**/people")
    page.select_option("[name=authors-0-credit_role]", "writer")
    page.fill("[name=authors-0-birth_year]", "1986")
    page.fill("[name=authors-0-phone]", "0905 111 222")
    page.click("text=+ Thêm tác giả")
    page.fill("[name=authors-1-legal_name]", "Đinh Văn Rế")
    page.select_option("[name=authors-1-credit_role]", "photo")

    # The login expires in the middle of the form; the work goes on after signing in again.
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu")
    lan.context.clear_cookies()
    page.fill("[name=authors-1-pen_name]", "Rế Hrê")
    expect(page.locator("[data-save-state]")).to_contain_text("Phiên đăng nhập đã hết")
    page.click("button[name=go]")
    page.fill("[name=email]", "lan.phuong@tacgia.example")
    page.fill("[name=password]", "một câu ngắn dễ nhớ")
    page.click("main button")
    expect(page.locator("h1")).to_have_text("Gửi tiếp nội dung đã giữ")
    page.click("main button")
    settle(page, "**/parts")
    page.fill("[name=parts-0-title]", "Đêm ở bến")
    page.fill("[name=parts-0-published_on]", "31/02/2026")
    page.fill("[name=parts-0-outlet_name]", "Báo Quảng Ngãi")
    expect(page.locator(".field.has-error")).to_contain_text("Không có ngày 31/02/2026")
    expect(page.locator("[data-save-state]")).to_contain_text("xem lại chỗ báo đỏ")
    page.fill(
        "[name=parts-0-published_on]",
        page.evaluate(
            "new Date(Date.now() - 20 * 864e5).toISOString().slice(0, 10).split('-').reverse().join('/')"
        ),
    )
    page.fill("[name=parts-0-text]", "Sáng sớm, sương còn phủ kín bến. " * 40)
    page.click("button[name=go]")

    settle(page, "**/files")
    page.go_back()
    settle(page, "**/parts")
    expect(page.locator(".field.has-error")).to_have_count(0)
    expect(page.locator("form .notice")).to_have_count(0)
    page.click("button[name=go]")

    settle(page, "**/files")
    expect(page.locator(".notice", has_text="Trang báo đã đăng")).to_be_visible()
    page.set_input_files(
        "input[type=file] >> nth=0",
        [{"name": "trang <b>4.pdf", "mimeType": "application/pdf", "buffer": a_page()}],
    )
    expect(page.locator(".file-tile .good").first).to_contain_text("1 trang")
    expect(page.locator(".notice", has_text="Trang báo đã đăng")).to_have_count(0)
    page.set_input_files(
        "input[type=file] >> nth=0",
        [{"name": "chay.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00 not a page"}],
    )
    expect(page.locator(".file-tile.refused")).to_be_visible()
    page.click(".file-tile.refused button")
    expect(page.locator(".file-tile.refused")).to_have_count(0)
    page.reload()
    settle(page)
    page.click("main button.primary")

    settle(page, "**/subject**")
    page.locator("[name=exemplars-0-name]").press_sequentially("chieng", delay=20)
    with page.expect_response(
        lambda r: is_saved(r, "exemplars-0-public_id=") and not is_saved(r, "exemplars-0-public_id=&")
    ):
        page.locator("[role=option]").first.tap()
    assert page.input_value("[name=exemplars-0-public_id]")
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu")
    page.goto(address.replace("/work", "/review"))
    settle(page)
    expect(page.locator(".missing-list")).to_contain_text("Cam kết")
    assert page.locator("button.large").is_disabled()
    page.click("text=Bổ sung 2 mục còn thiếu")
    page.click("text=Chưa đạt giải nào")
    page.check("[name=declarations]")
    page.click("button[name=go]")
    settle(page, "**/review")
    lan.picture("author-phone")
    page.dblclick("button:visible:has-text('Nộp tác phẩm')")
    settle(page, re.compile(r"/entries/[0-9a-f]+$"))
    assert re.search(r"\d{4}-\d{4}", page.locator(".receipt").inner_text())
    with page.expect_download() as pdf:
        page.click("text=Biên nhận (PDF)")
    assert pdf.value.suggested_filename.startswith("bien-nhan-")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        "nothing sticks out on a phone"
    )


def test_a_button_pressed_while_the_draft_is_being_saved_goes_on_with_what_was_saved(arrive: Arrive) -> None:
    """The answer to the save is slow on the way back: the draft is newer than the page knows."""
    author = arrive(390, 844, touch=True)
    author.sign_in("daumoi")
    page = author.go("/c/dang-nhan/enter")
    page.click("text=Bắt đầu soạn")
    settle(page, "**/work")
    page.evaluate("""() => {
        const real = window.fetch;
        window.fetch = async (...what) => {
            const answer = await real(...what);
            await new Promise((done) => setTimeout(done, 1500));
            return answer;
        };
    }""")
    page.fill("[name=title]", "Bến cá không ngủ")
    page.select_option("[name=media_type]", "print")
    expect(page.locator("[data-save-state]")).to_contain_text("đang lưu")
    page.wait_for_timeout(700)
    page.click("button[name=go]")
    settle(page, "**/people")
    page.goto(page.url.replace("/people", "/work"))
    settle(page)
    assert page.input_value("[name=title]") == "Bến cá không ngủ"


def test_a_judge_on_a_tablet_scores_by_keypad_and_a_second_tab_is_told(arrive: Arrive) -> None:
    judge = arrive(1024, 768, touch=True)
    judge.sign_in("giamkhao")
    page = judge.go("/work")
    page.click("text=Chấm tiếp")
    settle(page, "**/judging/work/**")
    first = page.url
    for needle in (*(a.legal_name for a in AUTHORS), HOME, ".pdf", "@kheo"):
        assert needle not in page.locator("main").inner_text(), "a blind work shows no name"
    marks = page.locator("input.mark")
    for i, digits in enumerate(("26", "22", "21", "17")):
        marks.nth(i).tap()
        for d in digits:
            page.locator(f"[data-digit='{d}']").tap()
        page.locator("[data-digit=ok]").tap()
    expect(page.locator("[data-total]")).to_have_text("86")
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu")
    judge.picture("judge-tablet")

    # 8,53 is between two steps: refused beside the field, and nothing is lost.
    marks.nth(0).evaluate(
        "(f) => { f.value = '8,53'; f.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    expect(page.locator("[data-criterion=discovery] .words")).to_contain_text("8,5 hoặc 9")
    with page.expect_response(is_saved):
        marks.nth(0).evaluate(
            "(f) => { f.value = '25.5'; f.dispatchEvent(new Event('input', { bubbles: true })); }"
        )
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu")

    # A second tab saved in between: both values are shown, the judge chooses.
    other = judge.new_page()
    other.goto(first)
    settle(other)
    with other.expect_response(is_saved):
        other.locator("[data-criterion=effect] [data-by='-1']").tap()
    expect(other.locator("[data-save-state]")).to_contain_text("Đã lưu")
    page.locator("[data-criterion=effect] [data-by='1']").tap()
    expect(page.locator("#changed")).to_contain_text("ở đây 17,5, ở máy kia 16,5")
    page.locator("[data-keep=theirs]").tap()
    assert marks.nth(3).input_value() == "16,5"
    other.close()

    page.reload()
    settle(page)
    page.locator("[data-next-work]").tap()
    settle(page, lambda url: "/judging/work/" in url and url != first)
    second = page.url
    page.locator("[data-later] button").tap()
    settle(page, lambda url: "/judging/work/" in url and url != second)
    page.locator(".judge-head a").tap()
    expect(page.locator("main")).to_contain_text("Phiếu chấm của tôi")
    page.get_by_role("link", name="Xem lại và ký").first.tap()
    expect(page.locator("main")).to_contain_text("Chưa ký được")
    assert not page.locator("input[type=password]").count(), "gaps keep the judge from signing"


def test_keyboard_alone_scores_a_work(arrive: Arrive) -> None:
    judge = arrive(1280, 900)
    judge.sign_in("truongban")
    page = judge.go("/work")
    page.click("text=Chấm tiếp")
    settle(page, "**/judging/work/**")
    first = page.url
    page.keyboard.press("1")
    for digits in ("24", "20,5", "19", "15"):
        page.keyboard.type(digits)
        page.keyboard.press("Tab")
    expect(page.locator("[data-total]")).to_have_text("78,5")
    page.locator("input.mark").nth(3).focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-total]")).to_have_text("79")
    page.keyboard.press("Enter")
    settle(page, lambda url: "/judging/work/" in url and url != first)


def test_an_organizer_creates_opens_and_invites(arrive: Arrive) -> None:
    organizer = arrive()
    organizer.sign_in("btc")
    page = organizer.go("/contests/dang-cham/desk")
    expect(page.locator("h1")).to_have_text("Bàn điều hành")
    organizer.picture("organizer-desk")
    page = organizer.go("/contests/new")
    page.fill("[name=slug]", "thu-nghiem")
    day = "new Date(Date.now() + {} * 864e5).toISOString().slice(0, 10).split('-').reverse().join('/')"
    page.fill("[name=submitted_from]", page.evaluate(day.format(-5)))
    page.fill("[name=submitted_to]", page.evaluate(day.format(40)))
    page.click("text=Tạo cuộc thi >> nth=-1")
    settle(page, "**/contests/thu-nghiem/rulebook")
    page.click("li:has-text('Giải thưởng') >> text=Sửa")
    settle(page, "**/rulebook/prizes")
    page.fill("[name=prizes-0-value_vnd]", "12000000")
    page.fill("[name=prizes-0-high]", "-3")
    page.click("text=Lưu bản thể lệ mới")
    expect(page.locator(".errors")).to_contain_text("Cần một số từ 0")
    assert page.input_value("[name=prizes-0-value_vnd]") == "12000000", "nothing typed is lost"
    page.fill("[name=prizes-0-high]", "1")
    page.click("text=Lưu bản thể lệ mới")
    expect(page.locator("main")).to_contain_text("Đã lưu thể lệ bản 2")
    settle(page)
    page.click(".page-head button:has-text('Mở cuộc thi')")
    expect(page.locator("dialog[open]")).to_contain_text("Trang cuộc thi hiện ra với mọi người")
    page.click("dialog[open] button.primary")
    expect(page.locator("main")).to_contain_text("Đã mở cuộc thi")
    visitor = arrive(390, 844)
    expect(visitor.go("/c/thu-nghiem").locator("body")).to_contain_text("12.000.000 đ")

    page = organizer.go("/contests/thu-nghiem/members")
    page.fill("[name=name]", "Tạ Hồng Phong")
    page.fill("[name=email]", "phong@thuky.example")
    page.select_option("[name=role]", "secretary")
    page.click("text=Gửi lời mời")
    link = page.input_value("#link")
    assert page.locator("img[alt*=QR]").get_attribute("src").startswith("data:image/svg")
    phong = arrive()
    phong.page.goto(link)
    phong.page.reload()
    phong.page.fill("[name=password]", "câu mật khẩu của Phong")
    phong.page.click("main button")
    settle(phong.page, "**/work")
    expect(phong.page.locator("main")).to_contain_text("Sơ loại")
    page = organizer.go("/contests/thu-nghiem/log")
    expect(page.locator("table")).to_contain_text("Thành viên: mời")


def test_a_secretary_screens_with_the_keyboard(arrive: Arrive) -> None:
    secretary = arrive(1280, 950)
    secretary.sign_in("thuky")
    page = secretary.go("/contests/dang-nhan/screening")
    waiting = int(re.search(r"(\d+) hồ sơ chờ", page.locator(".queue-head").inner_text()).group(1))
    page.keyboard.press("b")
    expect(page.locator("#act-return")).to_be_visible()
    page.fill("#act-return textarea", "Đề nghị gửi giấy xác nhận.")
    page.click("#act-return button.primary")
    expect(page.locator(".queue-head")).to_contain_text(f"{waiting - 1} hồ sơ chờ")
    settle(page)
    page.keyboard.press("h")
    expect(page.locator(".queue-head")).to_contain_text(f"{waiting - 2} hồ sơ chờ")
    page = secretary.go("/contests/dang-nhan/screening/accept-clean")
    shown = page.locator("tbody tr").count()
    page.uncheck("tbody tr:first-child input")
    page.click("text=Tiếp nhận các hồ sơ đã đánh dấu")
    expect(page.locator("main")).to_contain_text(f"Đã tiếp nhận {shown - 1} hồ sơ")


def test_a_secretary_links_a_typed_agency_with_the_picker(arrive: Arrive) -> None:
    secretary = arrive(1280, 950)
    secretary.sign_in("thuky")
    page = secretary.go("/contests/dang-nhan/dossiers")
    page.click("tr:has-text('(trang điện tử)') a >> nth=0")
    page.click("text=Nối với danh mục")
    settle(page, "**/links")
    card = page.locator("article", has_text="(trang điện tử)")
    expect(card.locator(".badge")).to_have_text("chưa có trong danh mục")
    card.locator("[name=name]").press_sequentially("bao quang ngai", delay=20)
    card.locator("[role=option]:has-text('Báo Quảng Ngãi')").click()
    card.locator("button:has-text('Nối')").click()
    expect(card.locator(".badge")).to_have_text("đã nối")
    expect(card).to_contain_text("Trong danh mục: Báo Quảng Ngãi")


def test_everybody_reads_the_winners_without_scripts(arrive: Arrive) -> None:
    reader = arrive(390, 844, scripts=False)
    page = reader.go("/c/da-cong-bo/results?q=chieng")
    assert page.locator("article.winner").count() >= 0
    page = reader.go("/c/da-cong-bo/results")
    assert page.locator("article.winner").count() > 30
    page.click("article.lead a.button")
    page.wait_for_url("**/works/*")
    assert page.locator(".reading p").count() > 3 or page.locator("audio, video").count()
    page.click("section:has-text('Viết về') a >> nth=0")
    expect(page.locator("h2", has_text="Báo chí đã viết")).to_be_visible()
    assert page.locator("article.winner").count() >= 1, "from a model back to its works"


def test_sound_is_sent_in_ranges(arrive: Arrive) -> None:
    reader = arrive()
    page = reader.go("/c/da-cong-bo/results?category=radio")
    page.locator("article.winner a").first.click()
    source = page.locator("audio").first.get_attribute("src")
    answer = page.request.get(reader.address + source, headers={"Range": "bytes=100-199"})
    assert (answer.status, len(answer.body())) == (206, 100)
    assert answer.headers["content-range"].startswith("bytes 100-199/")
    assert page.request.get(reader.address + source, headers={"Range": "bytes=99999999-"}).status == 416
