"""The language's own rules: normal form, search without diacritics, sorting by given name, numbers and dates."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from contest.clock import VIETNAM
from contest.domain.errors import UserError

# The Vietnamese alphabet; f j w z come after the Latin letters they follow.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_ORDER = {letter: index for index, letter in enumerate(_ALPHABET)}
# Tones in dictionary order: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_SHAPES = {"\u0306", "\u0302", "\u031b"}
# Directional marks and other invisible controls can make a name read as another one; what is no character breaks papers.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(?:[.,][0-9]{1,9})?")
_WHOLE = re.compile(r"[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:[. ][0-9]{3}){1,4})", re.ASCII)
_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", re.ASCII)
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", re.ASCII)
_HOUR = re.compile(r"([0-9]{1,2})(?::|h)([0-9]{2})?(?::00)?", re.ASCII)
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def nfc(text: str) -> str:
    """Composed form without invisible control characters; what is stored."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


def fold(text: str) -> str:
    """What is searched: lower case, no diacritics, đ as d, single spaces. fold("Đăk  Hòa") == "dak hoa"."""
    decomposed = unicodedata.normalize("NFD", nfc(text).casefold().replace("đ", "d"))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(bare.split())


def _word_key(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    letters: list[int] = []
    tones: list[int] = []
    for composed in unicodedata.normalize("NFC", word.casefold()):
        marks = unicodedata.normalize("NFD", composed)
        shape = unicodedata.normalize("NFC", marks[0] + "".join(m for m in marks[1:] if m in _SHAPES))
        tone = next((_TONES[m] for m in marks[1:] if m in _TONES), 0)
        letters.append(_ORDER.get(shape, 100 + ord(shape[0])))
        tones.append(tone)
    return tuple(letters), tuple(tones)


def name_sort_key(name: str) -> tuple[object, ...]:
    """Sorts people as Vietnamese lists do: given name first, then family and middle names, tones last."""
    words = nfc(name).split()
    ordered = words[-1:] + words[:-1]
    return tuple(_word_key(word) for word in ordered)


def parse_decimal(text: str) -> Decimal:
    """A number typed as "8,5" or "8.5". Raises UserError for anything else, NaN and exponents included."""
    cleaned = text.strip().replace("\u00a0", "")
    if not _NUMBER.fullmatch(cleaned):
        raise UserError(f"“{text.strip()[:20]}” chưa phải là một số. Hãy nhập như 8,5.")
    return Decimal(cleaned.replace(",", "."))


def parse_int(text: str) -> int:
    """A whole number typed as "12500", "12.500" or "12 500", the digits 0 to 9 alone. Raises UserError otherwise."""
    cleaned = text.strip().replace("\u00a0", " ")
    if not _WHOLE.fullmatch(cleaned):
        raise UserError(f"“{text.strip()[:20]}” chưa phải là một số nguyên. Hãy nhập như 3 hoặc 12.500.")
    return int(re.sub(r"[. ]", "", cleaned))


def parse_date(text: str) -> date:
    """A day typed as 24/11/2026, 4/9/2026, or as programs write it, 2026-11-24. Raises UserError otherwise."""
    cleaned = text.strip()
    if found := _DAY.fullmatch(cleaned):
        day, month, year = (int(part) for part in found.groups())
    elif found := _ISO_DAY.fullmatch(cleaned):
        year, month, day = (int(part) for part in found.groups())
    else:
        raise UserError(f"“{cleaned[:20]}” chưa phải là một ngày. Hãy nhập ngày/tháng/năm, ví dụ 24/11/2026.")
    if not 1900 <= year <= 2100:
        raise UserError(f"Năm {year} chưa đúng. Hãy nhập năm bằng bốn chữ số, ví dụ 24/11/2026.")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UserError(f"Không có ngày {day:02}/{month:02}/{year}. Hãy xem lại ngày và tháng.") from error


def parse_datetime(text: str) -> datetime:
    """An hour of a day in Vietnam, in either order: "08:00 24/11/2026", "24/11/2026 8h00", "2026-11-24T08:00". Raises UserError."""
    words = text.strip().replace("T", " ").replace("ngày", " ").replace("lúc", " ").split()
    hours = [h for h in (_HOUR.fullmatch(w) for w in words) if h]
    days = [w for w in words if not _HOUR.fullmatch(w)]
    if len(hours) != 1 or len(days) != 1:
        raise UserError(f"“{text.strip()[:30]}” chưa đủ giờ và ngày. Hãy nhập như 08:00 24/11/2026.")
    hour, minute = int(hours[0][1]), int(hours[0][2] or 0)
    if hour > 23 or minute > 59:
        raise UserError(f"Không có giờ {hours[0][0]}. Giờ từ 00:00 đến 23:59.")
    day = parse_date(days[0])
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=VIETNAM)


def format_decimal(value: Decimal, places: int | None = None) -> str:
    """A number for people: 1.234,5. `places` fixes the decimals, rounding half up; None shows what is there."""
    if places is not None:
        value = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    plain = f"{value:f}"
    if places is None and "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    sign, digits = ("−", plain[1:]) if plain.startswith("-") else ("", plain)
    whole, _, fraction = digits.partition(".")
    if len(whole) > 3:
        whole = f"{int(whole):,}".replace(",", ".")
    return f"{sign}{whole},{fraction}" if fraction else sign + whole


def format_int(value: int) -> str:
    """A whole number for people: 12.500."""
    return format_decimal(Decimal(value))


def format_money(value: int) -> str:
    """Đồng as official papers write it: 10.000.000 đồng."""
    return f"{format_int(value)} đồng"


def format_date(day: date) -> str:
    """24/11/2026."""
    return f"{day.day:02}/{day.month:02}/{day.year}"


def official_date(day: date) -> str:
    """Official papers: a zero only before days under 10 and months 1 and 2 (Nghị định 30/2020/NĐ-CP, phụ lục I)."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"{day.day:02}/{month}/{day.year}"


def official_date_in_words(day: date) -> str:
    """A date beside the place on an official paper: "ngày 02 tháng 4 năm 2026", with zeros as in `official_date`."""
    number, month, year = official_date(day).split("/")
    return f"ngày {number} tháng {month} năm {year}"


def format_datetime(moment: datetime) -> str:
    """14:03 ngày 24/11/2026; the caller hands over local time."""
    return f"{moment:%H:%M} ngày {format_date(moment.date())}"


def format_last_day(end: datetime) -> str:
    """A half-open end as people say it: 00:00 of 11/12 is "hết ngày 10/12"; the caller hands over local time."""
    return f"hết ngày {format_date((end - timedelta(seconds=1)).date())}"


def weekday(day: date) -> str:
    """thứ Hai … Chủ nhật."""
    return _WEEKDAYS[day.weekday()]


_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def number_in_words(value: Decimal) -> str:
    """Points as a paper sheet wants them beside the figure: 85,5 is "tám mươi lăm phẩy năm". Below a thousand."""
    whole, _, fraction = f"{value.normalize():f}".partition(".")
    words = _whole_in_words(int(whole))
    return f"{words} phẩy {' '.join(_DIGITS[int(d)] for d in fraction)}" if fraction else words


def _whole_in_words(number: int) -> str:
    if number >= 1000 or number < 0:
        raise ValueError("points are written in words from 0 to 999")
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words: list[str] = []
    if hundreds:
        words += [_DIGITS[hundreds], "trăm"]
    if tens > 1:
        words += [_DIGITS[tens], "mươi"]
    elif tens == 1:
        words += ["mười"]
    elif hundreds and ones:
        words += ["linh"]
    if ones or not words:
        words.append(_last_digit(ones, tens))
    return " ".join(words)


def _last_digit(ones: int, tens: int) -> str:
    if ones == 1 and tens > 1:
        return "mốt"
    if ones == 4 and tens > 1:
        return "tư"
    if ones == 5 and tens:
        return "lăm"
    return _DIGITS[ones]
