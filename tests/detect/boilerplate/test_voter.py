"""The line voter: what it says of lines, that it says the same whatever comes with them, that damaged weights are refused."""

from __future__ import annotations

import io
import itertools
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from redactor import RuleError
from redactor.detect.boilerplate.sight import REACH, folded, grams, windows
from redactor.detect.boilerplate.voter import FILE, FORMAT, Voter, load_voter, marginals
from redactor.detect.weights import digest
from redactor.packaged import packaged_rules
from tests.draws import draws

WEIGHTS: Final = packaged_rules() / "data" / FILE
_VOTER: Final = load_voter(WEIGHTS)
SURE, LIKELY = 0.9, 0.5
BODY: Final = (
    "夜里下了一场小雨，天亮时院子里的石板还是湿的，他推开门，看见母亲已经在井边洗菜。",
    "母亲没有抬头，只说灶上温着粥，吃了再走，路上滑，脚步放慢些。",
    "他应了一声，坐在门槛上把鞋带系紧，又去井边把两只水桶挑满。",
)
NEWS: Final = (
    "石门大桥昨日恢复通车",
    "2023-05-08　来源：石门日报　作者：苏念",
    "本报讯（记者 苏念）经过四十天的封闭施工，石门大桥昨日零时恢复通车，沿线四条公交线路同时恢复原来的走向。",
    "县交通局介绍，这次施工更换了全部伸缩缝，桥面重新铺装，限载标准由二十吨提高到三十吨。",
)
PROMOTED: Final = {
    "site": (
        ("首页 | 新闻 | 专题 | 视频 | 登录 | 注册", "当前位置：首页 > 新闻 > 正文"),
        NEWS,
        (
            "（责任编辑：白沙）",
            "分享到：微信 微博",
            "上一篇：春耕过半",
            "下一篇：菜场搬家",
            "相关阅读",
            "版权所有 © 石门网　未经授权禁止转载",
        ),
    ),
    "account": (
        ("点击上方蓝字关注我们",),
        ("井边的早晨", *BODY),
        ("长按识别二维码关注", "往期精选", "那些年我们读过的信", "觉得不错，点个在看，转发给朋友吧"),
    ),
    "traditional": (
        (),
        ("渡口的鐘聲", "鐘聲從對岸傳來的時候，天還沒有亮，母親已經把火生好，鍋裡的粥咕嘟咕嘟地響。"),
        ("投推薦票 上一章 章節目錄 下一章 加入書籤", "最新章節請到本站閱讀，請勿轉載"),
    ),
}
KEPT: Final = {
    "options": ("6. 下列说法正确的一项是（　）", "A. 春天在三月", "B. 夏天在六月", "C. 秋天在九月", "D. 冬天在腊月"),
    "headings": ("第一章　渡口", *BODY, "一、时间", "二、地点", "三、要求"),
    "captions": (*BODY, "图1　老桥全景", "图2　桥头石狮（1974年摄）"),
    "references": (
        *BODY,
        "参考文献",
        "[1] 何其中．渡口志[M]．石门：石门出版社，1988．",
        "[2] 吴远．河口泥沙研究[J]．水利学刊，2004(2)：33-40．",
    ),
    "date and source": NEWS,
    "signature": ("关于停水的通知", "各住户：", BODY[1], "特此通知。", "渡口社区居委会", "2023年6月6日"),
    "table": ("表2　各村人口", "村名\t户数\t人口", "石桥村\t412\t1630", "柳湾村\t306\t1104", "合计\t718\t2734"),
    "verse": ("旧站台", "", "铁轨还在", "车不来了", "", "我们坐下", "像两件", "无人认领的行李"),
    "letter": ("爸妈：", BODY[1], "此致", "敬礼", "儿　小川", "三月十二日夜"),
    "code": ("安装依赖：", "```", "pip install -r requirements.txt", "```", "运行：", "```", "python main.py", "```"),
    "about promotion": (
        "写给想做公众号的朋友",
        "头图下面不要急着放二维码，读者还没有读到正文，就被要求点击关注，多半会退出去。",
        "文末可以有一句话的引导，但不要求人转发，好文章自己会走。",
    ),
}


@pytest.fixture
def voter() -> Voter:
    return _VOTER


@pytest.mark.parametrize("name", PROMOTED)
def test_what_stands_about_a_text_is_likely(voter: Voter, name: str) -> None:
    head, body, tail = PROMOTED[name]
    votes = voter.vote([*head, *body, *tail])
    assert (votes[: len(head)] > LIKELY).all()
    assert (votes[len(head) : len(head) + len(body)] < SURE).all()
    assert (votes[len(head) + len(body) :] > LIKELY).all()


@pytest.mark.parametrize("name", KEPT)
def test_no_line_of_a_text_is_sure(voter: Voter, name: str) -> None:
    votes = voter.vote(KEPT[name])
    assert (votes < SURE).all(), list(zip(KEPT[name], votes.tolist(), strict=True))


@draws(60)
@given(lines=st.lists(st.text(max_size=40), max_size=30))
def test_any_lines_have_votes(lines: list[str]) -> None:
    votes = _VOTER.vote(lines)
    assert votes.shape == (len(lines),)
    assert votes.dtype == np.float32
    assert ((votes >= 0) & (votes <= 1)).all()
    assert all(vote == 0 for vote, line in zip(votes, lines, strict=True) if not line.strip())


def test_no_lines_have_no_votes(voter: Voter) -> None:
    assert voter.vote([]).shape == (0,)
    assert voter.vote(["", "  ", "\n"]).tolist() == [0, 0, 0]


def test_votes_are_the_same_again(voter: Voter) -> None:
    lines = [line for part in PROMOTED["site"] for line in part]
    first = voter.vote(lines)
    voter.vote(KEPT["options"])
    assert (voter.vote(lines) == first).all()
    assert (load_voter(WEIGHTS).vote(lines) == first).all()


def test_line_ends_do_not_matter(voter: Voter) -> None:
    lines = [line for part in PROMOTED["account"] for line in part]
    assert (voter.vote([f"{line}\r\n" for line in lines]) == voter.vote(lines)).all()


def test_width_digits_and_script_do_not_matter() -> None:
    def seen(text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        found = grams(folded([text], _VOTER.fold))
        return found.rows, found.values

    for one, other in (("ＱＱ群：５３", "qq群:17"), ("請關注公眾號", "请关注公众号"), ("第\u200b一　页", "第一 页")):
        assert all((a == b).all() for a, b in zip(seen(one), seen(other), strict=True))


def test_ends_are_the_same_in_parts(voter: Voter) -> None:
    head, body, tail = PROMOTED["site"]
    lines = [*head, *(f"{number}，{line}" for number in range(200) for line in body), *tail]
    whole = voter.vote(lines)
    first, last = voter.vote(lines[:500], tail=False), voter.vote(lines[300:], head=False)
    assert (whole[:REACH] == first[:REACH]).all()
    assert (whole[-REACH:] == last[-REACH:]).all()
    assert not whole[REACH:-REACH].any()
    assert not first[REACH:].any()
    assert not voter.vote(lines[300:600], head=False, tail=False).any()


def test_a_line_by_itself_leans_as_it_is_written(voter: Voter) -> None:
    reader = voter.reader()
    alone = [lean for line in BODY for lean in voter.reader()([line])]
    assert all(lean < 0 for lean in alone)
    assert all(lean > 0 for lean in reader(PROMOTED["site"][2]))
    # Whatever is read with it, and whatever its numbers are.
    assert reader([" \n", *(f"　{line}\n" for line in BODY)]) == [0, *alone]
    assert reader(["阅读 306"]) == reader(["阅读 511", "阅读 306"])[:1] == voter.reader()(["阅读 306"])


def test_windows_do_not_count_blank_lines() -> None:
    lines = ["", "a", "", "", "", "b", "c", ""]
    ((numbers, window),) = windows(lines)
    assert numbers.tolist() == [1, 5, 6]
    assert window.blanks == (0, 2, 0, 0)  # What stands blank about the text tells nothing of it.


def test_an_indentation_of_all_lines_tells_nothing() -> None:
    ((_, window),) = windows(["　　a", "　　b"])
    assert window.indented == (False, False)
    ((_, window),) = windows(["　　a", "b"])
    assert window.indented == (True, False)


@draws(50)
@given(seed=st.integers(0, 10_000), size=st.integers(1, 7))
def test_marginals_are_those_of_all_ways(seed: int, size: int) -> None:
    luck = np.random.default_rng(seed)
    scores, steps = luck.normal(0, 2, (size, 2)), luck.normal(0, 2, (size - 1, 2, 2))
    total, second = 0.0, np.zeros(size)
    for way in itertools.product(range(2), repeat=size):
        worth = sum(scores[place, state] for place, state in enumerate(way))
        worth += sum(steps[place][pair] for place, pair in enumerate(itertools.pairwise(way)))
        total += np.exp(worth)
        second += np.array(way) * np.exp(worth)
    found = marginals((scores[:, 1] - scores[:, 0])[:, None], steps[:, None])
    assert np.allclose(found[:, 0], second / total)


def test_weights_are_small() -> None:
    assert Path(str(WEIGHTS)).stat().st_size <= 1_000_000


def test_absent_weights_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"lines\.weights: weights of the line voter can't be read"):
        load_voter(tmp_path / FILE)


@pytest.mark.parametrize("cut", [0, 10, 100_000])
def test_cut_weights_are_an_error(tmp_path: Path, cut: int) -> None:
    (tmp_path / FILE).write_bytes(WEIGHTS.read_bytes()[:cut])
    with pytest.raises(RuleError, match="damaged"):
        load_voter(tmp_path / FILE)


def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(WEIGHTS.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".npy")}


def _write(path: Path, members: dict[str, bytes], checksum: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("CHECKSUM", checksum)
    return path


def test_changed_weights_are_an_error(tmp_path: Path) -> None:
    members = _members()
    checksum = f"{FORMAT} {digest(members)}"
    members["bias.npy"] = members["bias.npy"][:-1] + bytes([members["bias.npy"][-1] ^ 1])
    with pytest.raises(RuleError, match="do not match their checksum"):
        load_voter(_write(tmp_path / FILE, members, checksum))


def test_weights_of_another_format_are_an_error(tmp_path: Path) -> None:
    members = _members()
    with pytest.raises(RuleError, match="do not match their checksum"):
        load_voter(_write(tmp_path / FILE, members, f"redactor-ner-3 {digest(members)}"))


@pytest.mark.parametrize("name", ["weights", "mean", "enter", "steps", "leave", "fold", "ends"])
def test_weights_of_another_shape_are_an_error(tmp_path: Path, name: str) -> None:
    members = _members()
    values: NDArray[Any] = np.load(io.BytesIO(members[f"{name}.npy"]))
    stream = io.BytesIO()
    np.save(stream, values[..., :-1])
    members[f"{name}.npy"] = stream.getvalue()
    with pytest.raises(RuleError, match="another shape"):
        load_voter(_write(tmp_path / FILE, members, f"{FORMAT} {digest(members)}"))


def test_weights_without_a_member_are_an_error(tmp_path: Path) -> None:
    members = _members()
    del members["scale.npy"]
    with pytest.raises(RuleError, match="another shape"):
        load_voter(_write(tmp_path / FILE, members, f"{FORMAT} {digest(members)}"))


PROMO: Final = Path(__file__).parent.parent.parent.parent / "training" / "promo"


@pytest.mark.parametrize("path", sorted(PROMO.glob("*.txt")), ids=lambda path: path.stem)
def test_marked_documents_are_whole(path: Path) -> None:
    documents = path.read_text(encoding="utf-8").split("\n=== ")
    names = [document.removeprefix("=== ").split(" | ")[0] for document in documents]
    assert len(set(names)) == len(names)
    for name, document in zip(names, documents, strict=True):
        depth = list(itertools.accumulate((char == "⟦") - (char == "⟧") for char in document))
        assert set(depth) <= {0, 1}, name
        assert depth[-1] == 0, name
