"""What is kept of a review: nothing is lost when the program is killed, and nothing of the text is in what is kept."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from redactor.model import RedactorError
from redactor.review.audit import Audit
from redactor.review.audit import verify as verify_log
from redactor.review.fingerprints import own_key
from redactor.review.gate import PROOF
from tests.command import Run
from tests.review.serving import ask, desk_of

VALUES = ("王建国", "13800138000", "牵头")
TEXT = "请王建国同志牵头。\n王建国同志到会，电话13800138000。\n"


def kept_desk(file: Path, **more: Any) -> Any:
    desk = desk_of(file, **more)
    desk.sheets[0].wanted = type(desk.sheets[0].wanted)(file, file.with_name("out.txt"), file)
    return desk


def test_a_review_goes_on_where_it_was_left_off(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(TEXT, "utf-8")
    desk = kept_desk(file, audit=Audit(tmp_path / "log.jsonl", by="a"))
    review = desk.review(0)
    [first] = [id_ for id_, each in review.page.items.items() if each["text"] == "13800138000"]
    review.decide([first], "keep", "value")
    review.mark_read([0])
    desk.choose_policy(0, "label")
    desk.close()
    again = kept_desk(file)
    assert again.document(0)["policy"] == "label"
    assert again.review(0).counts == desk.review(0).counts
    again.review(0).undo()
    assert again.review(0).counts["kept"] == 0
    again.close()
    file.write_text(TEXT + "。\n", "utf-8")
    with pytest.raises(RedactorError, match="another state"):
        kept_desk(file).review(0)
    fresh = kept_desk(file, anew=True)
    assert fresh.review(0).counts["kept"] == 0
    fresh.close()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.html"])
def test_what_was_finished_is_verified_and_clean_writes_it_again(run: Run, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    text = TEXT.replace("\n", "</p><p>") if name == "a.html" else TEXT
    file.write_text(f"<p>{text}</p>" if name == "a.html" else text, "utf-8")
    marks = own_key(tmp_path / "key")
    desk = kept_desk(file, marks=marks)
    decisions = tmp_path / "d.json"
    desk.sheets[0].wanted = replace(desk.sheets[0].wanted, output=tmp_path / f"out{file.suffix}", decisions=decisions)
    review = desk.review(0)
    named = [id_ for id_, each in review.page.items.items() if each["text"] == "王建国"]
    review.decide([named[0]], "keep", "place")
    [hit] = review.find("到会")
    review.add([(int(hit["paragraph"]), hit["start"], int(hit["end_paragraph"]), hit["end"])])
    points, _ = desk.check(0)
    with pytest.raises(RedactorError, match="not finished"):
        desk.finish(0, [])
    done = desk.finish(0, [point.id for point in points])
    desk.close()
    assert done["verdict"] == "pass", done
    output = (tmp_path / f"out{file.suffix}").read_bytes()
    assert output.decode().count("王建国") == 1
    assert "到会" not in output.decode()
    assert not any(word in decisions.read_text() for word in ("王建国", "到会"))
    again = run("clean", file, "-o", f"again{file.suffix}", "--decisions", decisions, "--review-key", tmp_path / "key")
    assert (again.returncode, (tmp_path / f"again{file.suffix}").read_bytes()) == (0, output)


def test_forms_of_one_person_get_one_label_from_the_decisions_file_too(run: Run, tmp_path: Path) -> None:
    file, text = tmp_path / "a.txt", "马书记到会，李明同志到会。\n请马建国同志牵头。\n"
    file.write_text(text, "utf-8")
    desk = kept_desk(file, policy="label", marks=own_key(tmp_path / "key"))
    desk.sheets[0].wanted = replace(desk.sheets[0].wanted, decisions=tmp_path / "d.json")
    review = desk.review(0)
    whole, form = (
        next(id_ for id_, each in review.page.items.items() if each["text"] == name) for name in ("马建国", "马")
    )
    review.decide([whole, form], "mask", "value", same=whole)
    done = desk.finish(0, [point.id for point in desk.check(0)[0]])
    desk.close()
    assert done["verdict"] == "pass", done
    assert (tmp_path / "out.txt").read_text(
        "utf-8"
    ) == "【人名1】书记到会，【人名2】同志到会。\n请【人名1】同志牵头。\n"
    assert "马" not in (tmp_path / "d.json").read_text("ascii")
    given = ("--policy", "label", "--decisions", "d.json", "--review-key", "key")
    assert run("clean", file, "-o", "b.txt", *given).returncode == 0
    assert (tmp_path / "b.txt").read_bytes() == (tmp_path / "out.txt").read_bytes()
    file.write_text(f"会议纪要。\n{text}", "utf-8")  # where a decision may be meant or not, it is one person still
    assert run("clean", file, "-o", "c.txt", *given).returncode == 3
    assert (tmp_path / "c.txt").read_text("utf-8").endswith((tmp_path / "out.txt").read_text("utf-8"))


@pytest.mark.slow
def test_nothing_is_lost_when_the_program_is_killed_and_no_text_is_in_what_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(TEXT, "utf-8")
    command = [sys.executable, "-m", "redactor", "review", str(file), "--no-browser", "--by", "a"]
    (tmp_path / "temporary").mkdir()
    state = os.environ | {"XDG_STATE_HOME": str(tmp_path / "state"), "TMPDIR": str(tmp_path / "temporary")}
    for kept in (0, 1, 2):
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=state) as running:
            assert running.stderr is not None
            address = re.search(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)", running.stderr.readline())
            assert address
            server = Address(int(address[1]), address[2])
            page, cookie = server.enter()
            items = json.loads(ask(server, "/api/doc/0/values", headers=cookie)[2])["items"]
            assert sum(each["state"] == "keep" for each in items) == kept
            number = next(each["id"] for each in items if each["state"] == "open")
            headers = cookie | {"Content-Type": "application/json", PROOF: page}
            body = {"doc": 0, "version": 0, "items": [number], "action": "keep", "scope": "place"}
            assert ask(server, "/api/decide", "POST", headers, json.dumps(body))[0] == 200
            shown = [Path(f"/proc/{running.pid}/{name}") for name in ("cmdline", "environ")]
            assert not any(value in each.read_text("utf-8", "replace") for each in shown if each.exists() for value in (*VALUES, page))  # fmt: skip
            os.kill(running.pid, signal.SIGKILL)
    log = tmp_path / "review.audit.jsonl"
    assert verify_log(log).seq == 6
    for each in tmp_path.rglob("*"):
        if each.is_file() and each != file:
            assert not any(value.encode() in each.read_bytes() for value in VALUES)
            assert (each.stat().st_mode & 0o777) == 0o600


class Address:
    """A server in another process, as `ask` wants one."""

    def __init__(self, port: int, token: str) -> None:
        self.gate = self
        self.port, self.token = port, token

    def enter(self) -> tuple[str, dict[str, str]]:
        """The second secret, and the cookie."""
        _, headers, _ = ask(self, f"/?token={self.token}")  # type: ignore[arg-type]
        cookie = {"Cookie": headers["set-cookie"].partition(";")[0]}
        found = re.search('name="csrf" content="([^"]+)"', ask(self, headers=cookie)[2])  # type: ignore[arg-type]
        assert found
        return found[1], cookie


@pytest.mark.parametrize("arguments", [("-",), ("nothing.txt",), ("a.txt", "--idle", "8"), ("a.txt", "--policy", "no")])
def test_what_can_not_be_reviewed_is_refused_in_one_line(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    done = run("review", *arguments)
    assert done.returncode == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.txt"]
