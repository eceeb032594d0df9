"""The page in a browser: a whole review by keyboard alone, texts that try to be markup, input methods, accessibility."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from threading import Event
from time import thread_time
from typing import Any

import pytest

from redactor.files.verifying import Way, made_of
from redactor.formats.options import Options
from redactor.review.decisions import DecisionsFile
from redactor.review.desk import Desk
from redactor.review.fingerprints import Fingerprints, own_key
from redactor.review.keys import moved_keys
from redactor.review.replay import replay
from redactor.text.decode import PART
from tests.draws import sample
from tests.review.serving import CHROMIUM, desk_of, served
from tests.review.test_two_persons import desk_for, reviewed
from tests.verify.planted import original, output, path

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: apt-get install chromium"),
]
SPEECH = Path(__file__).parents[1] / "data" / "speech.txt"
Open = Any
ALL_READ = "import('/api.js').then(m => m.get('/api/session')).then(s => s.documents.every(d => d.counts || d.error))"
STORE = "import('/store.js').then(m"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser: Any) -> Iterator[Open]:
    """Opens a desk in a page of its own, in which nothing may go wrong and nothing is asked of others."""
    endings: list[Callable[[], object]] = []
    wrong: list[str] = []

    def open_desk(desk: Desk, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": 1400, "height": 900}, **options)
        serving = served(desk)
        server = serving.__enter__()
        endings.extend((lambda: serving.__exit__(None, None, None), context.close))
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda asked: server.gate.port == _port(asked.url) or wrong.append(asked.url))
        page.goto(server.address)
        page.wait_for_selector("body[data-ready]")
        return page

    open_desk.wrong = wrong  # type: ignore[attr-defined]
    yield open_desk
    for end in reversed(endings):
        end()
    assert wrong == []


def _port(url: str) -> int:
    return int(url.removeprefix("http://127.0.0.1:").split("/")[0]) if url.startswith("http://127.0.0.1:") else 0


def a_copy(folder: Path, name: str, content: str) -> Path:
    file = folder / name
    file.write_text(content, "utf-8")
    return file


def press(page: Any, key: str) -> None:
    """Press a key, and wait for what comes of it."""
    page.keyboard.press(key)
    page.evaluate("import('/store.js').then(m => m.idle())")


def wait_for(page: Any, expression: str) -> None:
    """Wait until something is so. Playwright's own way evaluates texts in the page, which the page forbids."""
    for _ in range(600):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(expression)


def said(page: Any) -> str:
    return str(page.inner_text("#said"))


def result(page: Any) -> str:
    return "\n".join(page.eval_on_selector_all("#text .out", "all => all.map(each => each.textContent)"))


def test_a_speech_from_open_to_finish_by_keyboard_alone(opened: Open, tmp_path: Path) -> None:
    source = a_copy(tmp_path, "speech.txt", SPEECH.read_text("utf-8"))
    page = opened(desk_of(source))
    keys = 0
    for _ in range(100):
        if page.evaluate("import('/store.js').then(m => m.state.doc.counts.open)") == 0:
            break
        press(page, "y")
        keys += 1
    assert page.evaluate("import('/store.js').then(m => m.state.doc.counts.open)") == 0
    for _ in range(100):
        if page.evaluate("import('/store.js').then(m => m.state.doc.counts.share)") == 100:
            break
        press(page, " ")
        keys += 1
    page.keyboard.press("c")
    page.wait_for_selector("#finish-go")
    while page.evaluate("document.activeElement.id") != "finish-go":
        unticked = "document.activeElement.type === 'checkbox' && !document.activeElement.checked"
        page.keyboard.press("Space" if page.evaluate(unticked) else "Tab")
        keys += 1
        assert keys < 100
    page.keyboard.press("Enter")
    page.wait_for_selector("#output")
    assert (tmp_path / "speech.redacted.txt").read_text("utf-8") == SPEECH.with_name("speech.publish.txt").read_text("utf-8")  # fmt: skip
    assert keys < 70


FORMATS = ("word_plain", "sheet_openpyxl", "slides", "pdf_platypus", "page", "mail_plain", "table_csv", "tree", "archive_zip")  # fmt: skip
DONE = [(kind, verdict) for kind in FORMATS for verdict in ("pass", "unchecked")]


def test_each_format_from_open_to_finish(opened: Open, tmp_path: Path) -> None:
    formats = sample(FORMATS, 1, slow=4)
    files = [tmp_path / f"{kind}{path(kind).suffix}" for kind in formats]
    for kind, file in zip(formats, files, strict=True):
        file.write_bytes(original(kind))
        output(kind)  # made before other threads begin processes
    marks = own_key(tmp_path / "key")
    desk = desk_of(*files, marks=marks)
    for sheet in desk.sheets:
        sheet.wanted = replace(sheet.wanted, decisions=sheet.wanted.source.with_suffix(".decisions"))
    page = opened(desk)
    wait_for(page, ALL_READ)
    for number, kind in enumerate(formats):
        page.evaluate(f"import('/commands.js').then(m => m.go({number}))")
        # What the rules do nothing about stays: so the result is that of nobody having decided.
        doubt = (
            "[...m.state.items.values()].filter(i => i.open && ['doubtful', 'left'].includes(i.kind)).map(i => i.id)"
        )
        page.evaluate(f"{STORE} => m.act('decide', {{items: {doubt}, action: 'keep', scope: 'place'}}, () => {{}}))")
        assert (kind, finished_by_hand(page)) in DONE
        target = desk.sheets[number].wanted.output
        assert target.read_bytes() == output(kind), kind
        named = page.evaluate(f"{STORE} => [...m.state.items.values()].find(i => i.open && i.text === '王建国')?.id)")
        page.evaluate(f"{STORE} => m.chooseItem('{named}'))")
        press(page, "n")
        assert (kind, finished_by_hand(page)) in DONE
        again = replayed(desk, number, marks)
        assert again == target.read_bytes() != output(kind), kind


def finished_by_hand(page: Any) -> str:
    """Finish the document that is open, everything ticked; what the verification has come to."""
    page.keyboard.press("c")
    page.wait_for_selector("#finish-go")
    for box in page.query_selector_all("#finish input[type=checkbox]"):
        box.check()
    page.click("#finish-go")
    page.wait_for_selector("#finished p")
    verdict = page.evaluate("document.querySelector('#verdict')?.dataset.verdict")
    told = page.inner_text("#finished")
    page.keyboard.press("Escape")
    page.wait_for_selector("#finish", state="detached")
    return str(verdict or told)


def replayed(desk: Desk, number: int, marks: Fingerprints) -> bytes:
    """What `clean --decisions` makes of a document that was finished."""
    wanted = desk.sheets[number].wanted
    assert wanted.decisions
    content, file = wanted.source.read_bytes(), DecisionsFile.read(wanted.decisions)
    options = Options(output=wanted.output.suffix)
    told = replay(file, content, wanted.source.name, desk.redactor, options, file.bound.format, marks)
    assert not told.unsure
    return made_of(content, wanted.source, wanted.output, Way(desk.redactor, decisions=told.decided))


def test_keep_shift_undo_and_redo(opened: Open, tmp_path: Path) -> None:
    source = a_copy(tmp_path, "a.txt", "请王建国同志牵头。\n王建国同志到会。\n联系电话：13800138000。\n")
    page = opened(desk_of(source))
    page.evaluate("import('/store.js').then(m => m.chooseItem('0-1-4'))")
    before = result(page)
    assert "王建国" not in before
    press(page, "n")
    assert result(page).count("王建国") == 2
    press(page, "u")
    assert result(page) == before
    press(page, "Shift+N")
    assert result(page).count("王建国") == 1
    assert page.locator("#detail .warn").is_visible()
    page.evaluate(f"{STORE} => {{ m.state.filter.decision = 'keep'; m.changed('filter'); m.changed('choice'); }})")
    assert "1" in page.inner_text("#detail-outside")  # the place that is not decided
    page.evaluate(f"{STORE} => {{ m.state.filter.decision = ''; m.changed('filter'); m.changed('choice'); }})")
    assert not page.locator("#detail-outside").is_visible()
    press(page, "Control+z")
    assert result(page) == before
    press(page, "Shift+U")
    assert result(page).count("王建国") == 1
    press(page, "u")
    press(page, "u")
    assert result(page) == before


def test_add_by_find_and_by_selection_with_keys_that_were_moved(opened: Open, tmp_path: Path) -> None:
    source = a_copy(tmp_path, "a.txt", "代号𠮷山的方案。\n𠮷山方案分两步。\n")
    page = opened(desk_of(source, keys=moved_keys(["find=;", "add=f"])))
    page.focus("#text")
    page.keyboard.press("a")  # nothing any more
    page.keyboard.press("?")
    assert {"; /", "f"} <= {*page.locator("#keys-help kbd").all_inner_texts()}
    page.keyboard.press("Escape")
    assert page.locator("#search kbd").inner_text() == ";"
    page.keyboard.press(";")
    page.keyboard.type("𠮷山")
    page.keyboard.press("Enter")
    page.wait_for_selector("#find", state="detached")
    assert re.search("(?:;|按) f ", said(page))
    press(page, "f")
    assert "𠮷山" not in result(page)
    press(page, "u")
    assert result(page).count("𠮷山") == 2
    page.evaluate("""() => {
        const node = document.querySelector('#text .src').firstChild;
        getSelection().setBaseAndExtent(node, node.data.indexOf('方案'), node, node.data.indexOf('方案') + 2);
    }""")
    press(page, "f")
    assert "方案" not in result(page)
    press(page, "u")
    # From the end of one paragraph into the next, over a sign of two units of UTF-16.
    page.evaluate("""() => {
        const [one, other] = [...document.querySelectorAll('#text .src')].map((each) => each.firstChild);
        getSelection().setBaseAndExtent(one, one.data.indexOf('方案'), other, other.data.indexOf('分两步'));
    }""")
    press(page, "f")
    assert [*map(str.strip, result(page).splitlines())] == ["代号𠮷山的×", "分两步。"]


def test_columns_and_two_forms_of_one_person(opened: Open, tmp_path: Path) -> None:
    text = "姓名,备注\n马建国,请马书记到会\n李明,没来\n"
    page = opened(desk_of(a_copy(tmp_path, "a.csv", text), policy="label"))
    find = "id => [...document.querySelectorAll('#list [data-g]')].find(e => e.querySelector('.value').textContent === id).click()"
    page.evaluate(find, "马建国")
    press(page, "m")
    page.evaluate(find, "马")
    press(page, "m")
    assert [result(page).count(f"【人名{number}】") for number in (1, 2, 3)] == [2, 1, 0]
    assert "马建国" in page.inner_text("#detail-same")
    page.keyboard.press("t")
    page.wait_for_selector("#columns-list tbody tr")
    assert page.locator("#columns-list tbody tr").count() == 2
    page.click("#columns-list tbody tr:nth-child(2) button >> nth=0")
    wait_for(page, "document.querySelector('#columns-list tr:nth-child(2) td:nth-child(4)').textContent === '2'")
    assert "没来" not in result(page)
    page.keyboard.press("Escape")
    press(page, "u")
    assert "没来" in result(page)


HOSTILE = "<img src=x onerror=alert(1)> </script><script>alert(1)</script> {{csrf}} \" ' & \u202e王建国同志\u202c\n"


def test_a_document_that_tries_to_be_markup_shows_as_text(opened: Open, tmp_path: Path) -> None:
    page = opened(desk_of(a_copy(tmp_path, "<b>.txt", HOSTILE)))
    shown = page.eval_on_selector("#text .src", "all => { const copy = all.cloneNode(true); copy.querySelectorAll('.sr').forEach(each => each.remove()); return copy.textContent; }")  # fmt: skip
    assert all(part in shown for part in ("<img src=x onerror=alert(1)>", "</script>", "{{csrf}}", "202E"))
    assert page.locator("#text img, #text script").count() == 0
    assert opened.wrong == []
    refused = page.evaluate("() => { try { document.body.innerHTML = '<b>'; return false; } catch { return true; } }")
    assert refused
    assert all("TrustedHTML" in each or "Trusted" in each for each in opened.wrong)
    opened.wrong.clear()
    assert page.evaluate("document.cookie") == ""


def test_input_methods_decide_nothing(opened: Open, tmp_path: Path) -> None:
    page = opened(desk_of(a_copy(tmp_path, "a.txt", "请王建国同志牵头。\n")))
    for extra in ("isComposing: true", "keyCode: 229"):
        page.evaluate(f"document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{code: 'KeyY', key: 'y', bubbles: true, {extra}}}))")  # fmt: skip
    page.focus("#text")
    page.keyboard.press("f")
    field = page.locator("#find-text")
    page.context.new_cdp_session(page).send("Input.imeSetComposition", {"selectionStart": 2, "selectionEnd": 2, "text": "wang"})  # fmt: skip
    page.evaluate("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {code: 'Enter', key: 'Enter', bubbles: true, isComposing: true}))")  # fmt: skip
    assert field.is_visible()
    assert page.evaluate("import('/store.js').then(m => m.state.doc.version)") == 0


LONG = "".join(
    f"请{'王李张刘陈杨赵黄周吴'[n % 10]}{'建国明华志强伟芳娜敏'[n // 10 % 10]}{'丽军洋勇艳杰涛超秀英'[n // 100 % 10]}同志牵头，增长{n % 97}.5%，共{n % 89 + 2}亩。\n"
    for n in range(2334)
) + "会后请把材料收好。\n" * 4800  # fmt: skip
KEY = """async ([code, shiftKey]) => {
    const store = await import('/store.js');
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { code, shiftKey, bubbles: true }));
    await store.busy();
    // To the frame in which what is far off is laid out.
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
}"""


def allowed() -> float:
    """Seconds that a key may cost: 50 ms; where others crowd the machine, its caches are theirs, and the same work took up to 1.6 times as long."""
    crowded = os.getloadavg()[0] > 1.5 * (os.cpu_count() or 1)
    return 0.08 if crowded else 0.05


def test_a_key_in_a_long_document_costs_what_it_changes(opened: Open, tmp_path: Path) -> None:
    assert len(LONG) >= 100_000
    desk = desk_of(a_copy(tmp_path, "a.txt", LONG))
    page = opened(desk)
    review = desk.review(0)
    assert review.counts["items"] >= 7000
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # processor time, whatever else the machine does

    def spent() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))

    def costs(code: str, shift: bool) -> float:
        """Seconds of the page's processor time that a key costs: the median of five."""
        taken = []
        for _ in range(5):
            page.wait_for_timeout(100)  # what the browser does about what is out of sight
            before = spent()
            page.evaluate(KEY, [code, shift])
            taken.append(spent() - before)
        return median(taken)

    wake, review.wake = review.wake, lambda _: None  # what the engine answers is no work of a key
    for code, shift in (("KeyJ", False), ("KeyY", False), ("KeyY", True), ("KeyN", False), ("KeyN", True), ("KeyU", False)):  # fmt: skip
        medians = [costs(code, shift)]
        while medians[-1] >= allowed() and len(medians) < 4:
            medians.append(costs(code, shift))
        assert medians[-1] < allowed(), (code, shift, medians)
    review.wake = wake
    with desk.lock:
        review.ask()
    page.evaluate("import('/store.js').then(m => m.catchUp())")
    page.evaluate(f"{STORE} => m.idle())")
    items = [id_ for id_, each in review.page.items.items() if each["open"]]
    with desk.lock:  # the engine waits
        for scope, action in (("value", "mask"), ("place", "keep")):
            taken = []
            for id_ in items[5:500:100]:
                start = thread_time()
                review.decide([id_], action, scope)
                taken.append(thread_time() - start)
            assert min(taken) < 0.02, (scope, action, taken)
    page.evaluate(f"import('/store.js').then(m => m.catchUp()).then(() => {STORE} => m.idle()))")
    shown = page.evaluate(f"{STORE} => [...m.state.items.values()].filter(i => i.state === 'keep' && i.masked).length)")
    assert shown == 0 < review.counts["kept"]


def test_the_rest_of_a_long_document_joins_what_is_shown(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("redactor.review.desk.FIRST", 1000)
    seen_first, read_rest = Event(), Desk._read_rest
    monkeypatch.setattr(Desk, "_read_rest", lambda *sheet: seen_first.wait(60) and read_rest(*sheet))
    line = "会后请把材料收好，清点以后交到办公室。\n"
    text = f"请王建国同志牵头。\n{line * (PART // len(line) + 1500)}请李秀芝同志和王建国同志到会。\n"
    page = opened(desk_of(a_copy(tmp_path, "a.txt", text)))
    assert page.evaluate(f"{STORE} => [m.state.doc.share < 1, m.state.items.size])") == [True, 1]
    assert "%" in page.inner_text("#scanning")
    press(page, "n")
    seen_first.set()
    wait_for(page, f"{STORE} => m.state.doc.share === 1 && !m.state.doc.behind)")
    assert not page.locator("#scanning").is_visible()
    seen = "[...m.state.items.values()].map(i => [i.text, i.state, i.masked])"
    known = page.evaluate(f"{STORE} => {seen})")
    assert sorted(known) == [["李秀芝", "open", True], ["王建国", "keep", False], ["王建国", "keep", False]]
    press(page, "u")
    assert page.evaluate(f"{STORE} => m.state.doc.counts.kept)") == 0


def test_two_windows(opened: Open, tmp_path: Path) -> None:
    page = opened(desk_of(a_copy(tmp_path, "a.txt", "请王建国同志牵头。\n")))
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("body[data-ready]")
    other.evaluate("import('/store.js').then(m => m.choose('g0'))")
    press(other, "n")
    page.evaluate("import('/store.js').then(m => m.act('decide', {version: 0, items: ['0-1-4'], action: 'mask', scope: 'value'}, () => {}))")  # fmt: skip
    wait_for(page, "import('/store.js').then(m => m.state.doc.version === 1)")
    assert "王建国" in result(page)
    assert all("409" in each for each in opened.wrong)
    opened.wrong.clear()


def test_an_approver_sees_what_was_decided_and_approves_or_sends_back(opened: Open, tmp_path: Path) -> None:
    reviewed(tmp_path)
    desk = desk_for(tmp_path, "乙", "approve")
    page = opened(desk)
    assert page.locator("#export, #accept:visible").count() == 0
    press(page, "n")
    assert "send it back" in said(page) or "退回" in said(page)
    opened.wrong.clear()  # that answer
    assert finished_by_hand(page) == "approved"
    assert (tmp_path / "out.txt").exists()
    press(page, "d")
    page.fill("#reason", "可以留吗")
    page.keyboard.press("Enter")
    press(page, "Escape")
    assert finished_by_hand(page) == "returned"
    desk.close()
    assert [each.role for each in DecisionsFile.read(tmp_path / "a.txt.decisions.json").approvals] == ["return"]


def test_a_queue_and_a_decision_carried_to_the_other_documents(opened: Open, tmp_path: Path) -> None:
    texts = ("请王建国同志牵头。\n", "请李明同志牵头，王建国同志到会。\n", "王建国同志，又见王建国同志。\n")
    files = [a_copy(tmp_path, f"{number}.txt", text) for number, text in enumerate(texts)]
    desk = desk_of(*files, tmp_path / "missing.txt")
    page = opened(desk)
    wait_for(page, ALL_READ)
    page.evaluate(f"{STORE} => m.chooseItem('0-1-4'))")
    press(page, "n")
    wait_for(page, "document.querySelector('#said').textContent.includes('3')")
    press(page, "q")
    wait_for(page, "import('/api.js').then(m => m.get('/api/version')).then(s => s.serials[2] > 1)")
    kept = [[each["text"] for each in desk.review(n).page.items.values() if each["state"] == "keep"] for n in range(3)]
    assert kept == [["王建国"], ["王建国"], ["王建国", "王建国"]]
    page.keyboard.press("Shift+Period")
    wait_for(page, "document.querySelector('#name').textContent === '1.txt'")
    assert "王建国" in result(page)
    press(page, "u")
    assert "王建国" not in result(page)
    page.click("#queue")
    page.wait_for_selector("#documents tbody tr")
    assert page.locator("#documents tbody tr").count() == 4
    page.click("#values summary")
    page.wait_for_selector("#values tbody tr")
    assert page.locator("#values tbody tr").count() == 1
    page.click("#values tbody button >> nth=0")
    wait_for(page, "document.querySelector('#values tbody td:nth-child(5)').textContent === '0'")
    assert desk.review(2).counts["kept"] == 0
    page.keyboard.press("Escape")
    wait_for(page, "document.querySelector('#queue') !== null")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_fault_of_accessibility(opened: Open, tmp_path: Path, scheme: str, language: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    source = a_copy(tmp_path, "speech.txt", SPEECH.read_text("utf-8"))
    page = opened(desk_of(source), color_scheme=scheme)
    if page.evaluate("document.documentElement.lang").startswith("zh") != (language == "zh"):
        page.click("#language")
        wait_for(page, f"document.documentElement.lang.startsWith('{language}')")
    press(page, "n")
    found = axe_violations(axe, page)
    page.keyboard.press("c")
    page.wait_for_selector("#finish-go")
    found += axe_violations(axe, page)
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Slash")
    page.wait_for_selector("#keys-help")
    found += axe_violations(axe, page)
    assert found == []


def axe_violations(axe: Any, page: Any) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA; it is brought by the debugger, for the page lets no other script in."""
    source = Path(axe.__file__).with_name("axe.min.js").read_text("utf-8")
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": source})
    asked = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    told = session.send("Runtime.evaluate", {"expression": f"{asked}.then(r => JSON.stringify(r.violations.map(v => v.id + ' ' + v.nodes.map(n => n.target.join(' ')).slice(0, 4).join(', '))))", "awaitPromise": True, "returnByValue": True})  # fmt: skip
    return list(json.loads(told["result"]["value"]))
