"""What is found in made collections, and what is not."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from redactor.files.walk import sources
from redactor.learning.documents import FOLDER, Collection
from redactor.learning.judge import Proposal
from redactor.learning.learn import Learned, learn
from tests.learning.figures import figures
from tests.learning.sites import LAST, LATER, SEEN, UNSEEN, paragraph, sentence

KNOWN = (*SEEN, *UNSEEN)


def _learned(folder: Path, texts: dict[str, list[str]], least: float = 0.02) -> Learned:
    for site, several in texts.items():
        (folder / site).mkdir()
        for number, text in enumerate(several):
            (folder / site / f"{number:04}.txt").write_text(text, "utf-8")
    return learn(Collection(sources([folder]).sources, group_by=FOLDER), least)


def _by_text(learned: Learned) -> dict[str, Proposal]:
    return {each.text: each for each in learned.proposals}


def test_several_sites() -> None:
    """Shares of the issue, on a small sample; the slow test has all sites, together and each alone."""
    found = figures(("county", "news", "forum"), 40, 1)
    assert found.found >= 0.9
    assert found.in_force >= 0.8
    assert found.honest_in_force <= 0.02
    assert found.text_in_force == 0


@pytest.mark.slow
@pytest.mark.parametrize("sites", [KNOWN, *((site,) for site in KNOWN)], ids=lambda sites: "+".join(sites))
def test_six_kinds_of_sites(sites: tuple[str, ...]) -> None:
    found = figures(sites, 400, 7)
    assert found.found >= 0.9
    assert found.in_force >= 0.8
    assert found.honest_in_force <= 0.02
    assert found.text_in_force == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "sites", [*(LATER, LAST), *((site,) for site in (*LATER, *LAST))], ids=lambda sites: "+".join(sites)
)
def test_kinds_of_sites_that_came_later(sites: tuple[str, ...]) -> None:
    """Of one of them alone less is put in force; nothing that should stay goes."""
    found = figures(sites, 400, 7)
    assert found.found >= 0.9
    assert found.in_force >= (0.9 if len(sites) > 1 else 0.7)
    assert found.honest_in_force <= 0.02
    assert found.text_in_force == 0


def test_copies_of_a_document_count_as_one(tmp_path: Path) -> None:
    draw = Random(1)
    article = [paragraph(draw) for _ in range(6)]
    own = [[paragraph(draw) for _ in range(6)] for _ in range(60)]
    copies = [[*article, f"本站第{n}次转载，来源见原文链接之处"] for n in range(8)]
    texts = ["\n".join([*body, "梅山文库整理发布欢迎收藏本站"]) for body in [*own, *copies]]
    learned = _learned(tmp_path, {"a": texts})
    assert (learned.documents, learned.copies) == (61, 7)
    assert list(_by_text(learned)) == ["梅山文库整理发布欢迎收藏本站"]


def test_pages_with_nothing_of_their_own_count_as_one(tmp_path: Path) -> None:
    draw = Random(2)
    empty = "您访问的页面暂时没有内容敬请期待\n请返回首页查看其他栏目内容"
    learned = _learned(tmp_path, {"a": [paragraph(draw) for _ in range(40)] + [empty] * 40})
    assert learned.copies == 39
    assert learned.proposals == ()


def test_what_is_doubtful_says_why(tmp_path: Path) -> None:
    draw = Random(3)

    def page(*lines: str) -> str:
        return "\n".join([paragraph(draw), *lines])

    def site(owner: str) -> list[str]:
        lines = (f"{owner}资料室整理归档留存备查", "本篇由通讯组供稿校对留存", "特此通知。", "梅花香自")
        return [page(*lines) for _ in range(39)] + [page(*lines, f"{owner}街道便民角张贴")]

    texts = {"a": site("梅山"), "b": site("竹溪")}
    for number in range(40):
        texts["a"][number] += f"\n记者：{sentence(draw)}"
        if number < 5:
            texts["a"][number] += "\n读到此处的朋友都是有缘人呀"
    doubts = {text: each.doubts for text, each in _by_text(_learned(tmp_path, texts, 0.125)).items()}
    assert doubts == {
        "梅山资料室整理归档留存备查": (),
        "竹溪资料室整理归档留存备查": (),
        "本篇由通讯组供稿校对留存": ("as frequent in other groups",),
        "特此通知。": (
            "a formula of honest texts",
            "as frequent in other groups",
            "reads like a line of the text",
            "short",
        ),
        "梅花香自": ("as frequent in other groups", "short"),
        "记者：": ("a formula of honest texts",),
        "读到此处的朋友都是有缘人呀": ("near the threshold",),
    }


def test_one_site_alone_is_not_compared(tmp_path: Path) -> None:
    draw = Random(4)
    learned = _learned(tmp_path, {"a": [f"{paragraph(draw)}\n梅山资料室整理归档留存备查" for _ in range(30)]})
    assert [each.doubts for each in learned.proposals] == [("only one group was compared",)]


def test_a_line_that_counts_readers_is_a_sites_though_nothing_is_compared(tmp_path: Path) -> None:
    draw = Random(8)
    learned = _learned(tmp_path, {"a": [f"{paragraph(draw)}\n梅山资料室备查 访问量：{n} 次" for n in range(30)]})
    assert [each.doubts for each in learned.proposals] == [()]


def test_what_begins_the_titles_of_a_site_is_not_in_force(tmp_path: Path) -> None:
    draw = Random(9)
    texts = {
        site: [f"{dish}：{sentence(draw)}\n{paragraph(draw)}\n{more}：{sentence(draw)}" for _ in range(30)]
        for site, dish, more in (("a", "南瓜粥", "邻居家的菜"), ("b", "葱油饼", "下回做什么"))
    }
    learned = _by_text(_learned(tmp_path, texts))
    assert {text: each.doubts for text, each in learned.items()} == {
        "南瓜粥：": ("may begin titles",),
        "邻居家的菜：": (),
        "葱油饼：": ("may begin titles",),
        "下回做什么：": (),
    }


def test_headings_and_code_are_never_proposed(tmp_path: Path) -> None:
    draw = Random(5)
    around = "第一章 天刚刚亮的时候\n一、把该做的事情先做完\n## 今天要讲的几个问题\n```\nprint_report_of_today\n```\nimport report_of_today;"
    learned = _learned(tmp_path, {"a": [f"{around}\n{paragraph(draw)}" for _ in range(30)]})
    assert learned.proposals == ()


def test_small_groups_are_one(tmp_path: Path) -> None:
    draw = Random(6)
    texts = {f"s{n}": [f"{paragraph(draw)}\n梅山资料室整理归档留存备查" for _ in range(4)] for n in range(6)}
    learned = _learned(tmp_path, texts)
    assert learned.groups == {"": 24}
    assert [(each.group, each.documents) for each in learned.proposals] == [("", 24)]


def test_the_same_collection_gives_the_same(tmp_path: Path) -> None:
    draw = Random(7)
    learned = _learned(tmp_path, {"a": [f"{paragraph(draw)}\n梅山资料室整理归档留存备查" for _ in range(30)]})
    again = learn(Collection(sources([tmp_path]).sources, group_by=FOLDER), 0.02)
    assert again == learned
