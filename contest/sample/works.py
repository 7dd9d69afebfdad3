"""Invented works of the sample: a title, genre and text for each story of `stories.csv`. Same seed, same words."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STORIES = Path(__file__).with_name("stories.csv")
MEDIA = ("print", "online", "radio", "tv")
GENRES = {
    "print": ("phóng sự", "phản ánh", "ghi chép", "ký sự"),
    "online": ("phóng sự", "e-magazine", "phản ánh", "ghi chép"),
    "radio": ("phóng sự", "chương trình phát thanh"),
    "tv": ("phóng sự", "phim tài liệu", "chương trình truyền hình"),
}
AFTERWARDS = ("Một năm sau ở {unit}", "Trở lại {unit}", "Mùa mới ở {unit}", "Những người ở lại {unit}")
SERIES = ("Chuyện bắt đầu từ một cuộc họp", "Người đi gõ cửa từng nhà", "Điều còn lại sau ba năm")


@dataclass(frozen=True)
class Story:
    """What really happened in a sample's world: a model with its trouble, turn and outcome."""

    exemplar: str
    unit: str
    field: str
    kind: str
    novelty: str
    problem: str
    turn: str
    result: str
    title: str
    second: str


@dataclass(frozen=True)
class SampleWork:
    """One work about a story."""

    title: str
    media_type: str
    genre: str
    summary: str
    parts: tuple[tuple[str, str], ...]
    story: Story


@cache
def stories() -> tuple[Story, ...]:
    """The sixty stories, in the order of the file."""
    with STORIES.open(encoding="utf-8", newline="") as file:
        return tuple(Story(**row) for row in csv.DictReader(file, delimiter=";"))


def works(edition: str) -> list[SampleWork]:
    """The works of an edition: "published" 60, "judged" 40, "collecting" about 28; no title occurs twice."""
    every = stories()
    if edition == "published":
        titled = [(s, s.title) for s in every]
    else:
        later = [(s, s.second) for s in every if s.second]
        told = [
            (s, AFTERWARDS[i % 4].format(unit=_place(s.unit))) for i, s in enumerate(every) if not s.second
        ]
        heard = {f"Nghe kể ở {_place(s.unit)}": s for s in every[:9]}
        both = later + told
        titled = both[:40] if edition == "judged" else both[40:] + [(s, title) for title, s in heard.items()]
    return [_work(s, title, i, edition) for i, (s, title) in enumerate(titled)]


def _place(unit: str) -> str:
    return unit.replace("Xã ", "").replace("Phường ", "").replace("Đặc khu ", "đảo ")


def _work(story: Story, title: str, index: int, edition: str) -> SampleWork:
    dice = random.Random(f"{edition}:{index}:{title}")
    media = MEDIA[index % 4]
    genres = GENRES[media]
    count = 3 if media == "print" and index % 12 == 0 else 1
    parts = tuple(
        (
            SERIES[n] if count > 1 else title,
            text_of(story, dice, part=n, length=7 if media in ("print", "online") else 3),
        )
        for n in range(count)
    )
    return SampleWork(
        title,
        media,
        genres[dice.randrange(len(genres))],
        f"{story.problem[0].upper()}{story.problem[1:]}; {story.turn}.",
        parts,
        story,
    )


OPENINGS = (
    "Sáng sớm, sương còn phủ kín {place} khi chúng tôi theo chân những người đi đầu của {exemplar}. Không ai nói nhiều. Việc thì vẫn phải làm cho xong trước khi nắng lên.",
    "Từ trung tâm tỉnh về {place} hơn hai giờ xe, qua ba con dốc và một khúc sông cạn. Người dẫn đường bảo: muốn hiểu chuyện ở đây thì ngồi lại với dân qua bữa cơm tối.",
    "Ở {place}, hỏi chuyện {exemplar} thì ai cũng kể, mà mỗi người kể một đoạn. Ghép lại mới thành đầu đuôi.",
    "Chiều cuối tuần, sân nhà văn hóa {place} đông hơn ngày thường. Người già ngồi hàng ghế trước, trẻ con chạy quanh, câu chuyện chưa bắt đầu mà tiếng cười đã rộn.",
    "Cuốn sổ bìa xanh sờn gáy được đặt giữa bàn. Trong đó là ba năm của {exemplar}, ghi bằng nhiều nét chữ khác nhau.",
)
DETAILS = (
    "Cuộc họp đầu tiên chỉ có bảy người đến. Cuộc họp thứ hai có mười lăm. Đến cuộc thứ ba, người ta mang ghế từ nhà sang vì hội trường không đủ chỗ.",
    "Không có văn bản nào quy định phải làm như vậy. Chỉ có một lời hẹn, và người nào giữ lời thì được nể.",
    "Tiền không nhiều. Mỗi hộ góp một ít, ghi công khai lên bảng, ai cũng đọc được, kể cả người chưa góp.",
    "Có lúc tưởng phải dừng. Mưa liền nửa tháng, đường sụt một đoạn, mấy nhà rút lời. Người đứng ra lo chỉ nói: mai tạnh mình làm tiếp.",
    "Cán bộ xã không đứng ngoài chỉ tay. Họ xắn quần lội xuống trước, tối lại ngồi nghe dân nói, có hôm đến khuya.",
    "Điều khó nhất, theo lời người trong cuộc, không phải là tiền hay công, mà là làm cho người đang giận chịu ngồi xuống cùng một chiếu.",
    "Những lời khen được nói ít thôi. Người ta quen kể về hôm suýt hỏng, về người đã nhường một bước, về bữa cơm nấu chung.",
    "Từ chỗ trông chờ, bà con chuyển sang hỏi nhau: việc này mình tự làm được phần nào, phần nào mới phải nhờ Nhà nước.",
    "Mấy thôn bên nghe chuyện cũng sang xem. Họ không chép nguyên, mỗi nơi làm một khác, nhưng đều bắt đầu bằng việc đi từng nhà.",
    "Lớp trẻ ban đầu đứng ngoài quay phim bằng điện thoại, sau cũng bỏ điện thoại xuống mà làm.",
    "Sổ ghi tên không xếp theo chức vụ. Ai đến trước ghi trước, nên có trang tên bí thư đứng dưới tên một bà cụ bán rau.",
    "Người làm công tác dân vận ở đây có một nguyên tắc giản dị: nói ít hơn nghe, hứa ít hơn làm.",
)
QUOTES = (
    "“Nói chung thì ai cũng gật. Phải nói đúng chuyện nhà người ta, người ta mới mở cửa”, một cụ già bảo.",
    "“Hồi đầu tôi cũng ngại. Mình làm trước, làm thật, rồi tự nhiên người ta theo”, người tổ trưởng kể, tay vẫn không rời việc.",
    "“Cái được lớn nhất không phải là tiền. Là đi ngoài đường gặp nhau lại chào”, chị nói rồi cười.",
    "“Đừng viết về tôi. Viết về bà con ấy, tôi chỉ là người đi gõ cửa thôi”, anh xua tay.",
    "“Làm dân vận mà dân không biết mình đang vận động, chỉ thấy có người cùng làm, thế là khéo”, đồng chí bí thư đúc kết.",
)
CLOSINGS = (
    "Chúng tôi rời {place} khi trời đã tối. Sau lưng, ánh đèn của buổi họp vẫn sáng, và tiếng nói cười vọng ra tận đầu dốc.",
    "Câu chuyện ở {place} chưa phải đã xong. Nhưng có một điều chắc chắn: từ nay việc gì khó, người ta biết phải ngồi lại với nhau.",
    "Trên bức tường nhà văn hóa {place}, tấm bảng của mùa tới đã kẻ xong, còn để trống nhiều ô. Ai cũng tin rồi sẽ kín.",
    "Đường về, chúng tôi nhớ mãi câu nói của người đi trước: lòng dân mà thông thì núi cũng thành bãi bằng.",
)


def text_of(story: Story, dice: random.Random, *, part: int, length: int) -> str:
    """A readable text about a story: opening, trouble, turn, details and voices, outcome, closing."""
    place = _place(story.unit)
    words = {"place": place, "exemplar": story.exemplar}
    middle = [*dice.sample(DETAILS, length), *dice.sample(QUOTES, min(2, length - 1))]
    dice.shuffle(middle)
    cut = len(middle) // 2
    paragraphs = [
        OPENINGS[(dice.randrange(5) + part) % 5].format(**words),
        f"Mấy năm trước ở {place}, {story.problem}. Chuyện ấy ai cũng biết, ai cũng than, mà chưa ai biết bắt đầu gỡ từ đâu.",
        *middle[:cut],
        f"Rồi {story.turn}. Nghe thì đơn giản, nhưng phải mất nhiều buổi tối mới có người đầu tiên gật đầu.",
        *middle[cut:],
        f"Kết quả hôm nay ai cũng thấy: {story.result}.",
        CLOSINGS[(dice.randrange(4) + part) % 4].format(**words),
    ]
    return "\n".join(paragraphs)
