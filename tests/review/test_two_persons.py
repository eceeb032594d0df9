"""Two persons: what one has decided another approves, sends back, or decides anew without seeing it."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from redactor.files.verified import VerifyFault
from redactor.formats.options import Options
from redactor.model import RedactorError
from redactor.policy.load import load_policy
from redactor.review.audit import Audit
from redactor.review.audit import verify as verify_log
from redactor.review.decisions import DecisionsFile
from redactor.review.desk import Desk, laid_out
from redactor.review.fingerprints import own_key
from redactor.review.finishing import Ending
from redactor.review.gate import PROOF
from redactor.review.roles import BLIND, check_role
from redactor.review.sheet import Wanted
from tests.command import Run
from tests.conftest import made
from tests.review.serving import ask, served

TEXT = "请王建国同志牵头。\n王建国同志到会，电话13800138000。\n"
VERIFIED = Ending.verified
KEY = ("--review-key", "key")


def desk_for(folder: Path, by: str, role: str = "review", **more: Any) -> Desk:
    """A desk with a document of a folder, all of whose files are kept there."""
    file = folder / "a.txt"
    if not file.exists():
        file.write_text(TEXT, "utf-8")
    base = file.with_name("a.txt" + BLIND) if role == "blind" else file
    wanted = Wanted(file, folder / "out.txt", base, base.with_name(base.name + ".decisions.json"))
    audit = Audit(folder / "review.audit.jsonl", by=by, role=role)
    settings = {"marks": own_key(folder / "key"), "options": Options(), "hold": True}
    return laid_out([wanted], made(), by=by, role=role, audit=audit, **settings, **more)


def decide(desk: Desk, text: str, action: str, number: int = 0, scope: str = "place") -> str:
    review = desk.review(0)
    id_ = [id_ for id_, each in review.page.items.items() if each["text"] == text][number]
    review.decide([id_], action, scope)
    return id_


def finish(desk: Desk) -> dict[str, Any]:
    points, _ = desk.check(0)
    return desk.finish(0, [point.id for point in points])


def reviewed(folder: Path, by: str = "甲", action: str = "keep", role: str = "review") -> None:
    """A review of a document, in which one of two places was decided, and which waits for another person."""
    desk = desk_for(folder, by, role)
    decide(desk, "王建国", action)
    done = finish(desk)
    desk.close()
    assert done["verdict"] == "held-pass"
    assert "nothing is written" in done["lines"][-1]


def test_the_result_is_written_once_somebody_else_has_approved_it(run: Run, tmp_path: Path) -> None:
    reviewed(tmp_path)
    assert not (tmp_path / "out.txt").exists()
    again = ("clean", "a.txt", "--decisions", "a.txt.decisions.json", "--require-approval", *KEY)
    assert run(*again).returncode == 2
    approve = ("decisions", "approve", "a.txt", "-o", "out.txt", *KEY, "--by")
    own = run(*approve, "甲")
    assert (own.returncode, (tmp_path / "out.txt").exists()) == (2, False)
    assert "somebody else must approve it" in own.stderr.decode()
    (tmp_path / "out.txt").write_text("mine", "utf-8")
    assert (run(*approve, "乙").returncode, (tmp_path / "out.txt").read_text("utf-8")) == (2, "mine")
    assert not DecisionsFile.read(tmp_path / "a.txt.decisions.json").approved
    (tmp_path / "out.txt").unlink()
    over = run("decisions", "approve", "a.txt", "-o", "a.txt", "--force", *KEY, "--by", "乙")
    assert (over.returncode, (tmp_path / "a.txt").read_text("utf-8")) == (2, TEXT)
    done = run(*approve, "乙")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.txt").read_text("utf-8").count("王建国") == 1
    assert run(*again).stdout == (tmp_path / "out.txt").read_bytes()
    assert run(*approve, "丙").returncode == 0  # what is there is what was reviewed
    told = [json.loads(line) for line in (tmp_path / "review.audit.jsonl").read_text().splitlines()]
    assert [(each["by"], each["role"]) for each in told if each["event"] == "approve"] == [
        ("乙", "approve"),
        ("丙", "approve"),
    ]
    file = DecisionsFile.read(tmp_path / "a.txt.decisions.json")
    assert file.audit == (verify_log(tmp_path / "review.audit.jsonl").seq, told[-1]["h"])
    back = run("decisions", "return", "a.txt", "--by", "丁", "--reason", "看第二处")
    assert back.returncode == 0, back.stderr
    assert run(*again).returncode == 2
    shown = run("decisions", "show", "a.txt", *KEY).stdout.decode()
    assert "sent back by 丁" in shown
    assert "看第二处" in shown
    assert "王建国" not in shown
    assert "请[王建国]同志牵头" in run("decisions", "show", "a.txt", *KEY, "--include-text").stdout.decode()


@pytest.mark.slow
def test_what_fails_its_verification_is_not_written_and_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = VerifyFault("gone", "line 1", "text")
    monkeypatch.setattr(Ending, "verified", lambda own, review: replace(VERIFIED(own, review), faults=(fault,)))
    desk = desk_for(tmp_path, "甲")
    done = desk.finish(0, [point.id for point in desk.check(0)[0]])
    desk.close()
    assert (done["verdict"], done["lines"]) == ("held-fail", ["what was masked is still there: line 1: text"])
    assert not (tmp_path / "out.txt").exists()


def test_a_later_decision_voids_what_was_approved(run: Run, tmp_path: Path) -> None:
    reviewed(tmp_path)
    assert run("decisions", "approve", "a.txt", "-o", "out.txt", "--by", "乙", *KEY).returncode == 0
    desk = desk_for(tmp_path, "甲")
    decide(desk, "王建国", "mask", 1)
    finish(desk)
    desk.close()
    assert not DecisionsFile.read(tmp_path / "a.txt.decisions.json").approvals
    refused = run("clean", "a.txt", "--decisions", "a.txt.decisions.json", "--require-approval", *KEY)
    assert refused.returncode == 2


@pytest.mark.slow
def test_a_changed_document_or_other_rules_are_not_approved(run: Run, tmp_path: Path) -> None:
    reviewed(tmp_path)
    approve = ("decisions", "approve", "a.txt", "-o", "out.txt", "--by", "乙", *KEY)
    assert run(*approve, "--mask", "牵头").returncode == 2
    (tmp_path / "a.txt").write_text(TEXT + "。", "utf-8")
    done = run(*approve)
    assert done.returncode == 2
    assert "not those of its review" in done.stderr.decode()
    assert not DecisionsFile.read(tmp_path / "a.txt.decisions.json").approvals
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.slow
def test_a_policy_may_ask_for_two_persons(run: Run, tmp_path: Path) -> None:
    policy = replace(made().policy, name="two", approval=True)
    text = (Path(__file__).parents[2] / "rules" / "policies" / "publish.toml").read_text("utf-8")
    (tmp_path / "two.toml").write_text(text.replace('name = "publish"', 'name = "two"\napproval = true'), "utf-8")
    assert load_policy(tmp_path / "two.toml").approval == policy.approval
    desk = desk_for(tmp_path, "甲")
    desk.hold = False
    desk.redactor = replace(made().settings, policy=load_policy(tmp_path / "two.toml")).redactor()
    assert "nothing is written yet" in finish(desk)["lines"][-1]
    desk.close()
    refused = run("clean", "a.txt", "--policy", "two.toml", "--decisions", "a.txt.decisions.json", *KEY)
    assert refused.returncode == 2
    assert "nobody else has approved" in refused.stderr.decode()


@pytest.mark.slow
def test_two_blind_reviews_are_compared(run: Run, tmp_path: Path) -> None:
    reviewed(tmp_path)
    blind = desk_for(tmp_path, "乙", "blind")
    assert blind.review(0).counts["kept"] == 0  # nothing of what the first has decided is seen
    decide(blind, "王建国", "mask")
    decide(blind, "13800138000", "keep")
    finish(blind)
    blind.close()
    done = run("decisions", "compare", "a.txt", *KEY)
    assert done.returncode == 1
    told = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert told == [["a.txt", "line 1", "stays", "PERSON"], ["a.txt", "line 2", "PHONE_NUMBER", "stays"]]
    with_text = run("decisions", "compare", "a.txt", *KEY, "--include-text").stdout.decode()
    assert "电话[13800138000]" in with_text
    same = run("decisions", "compare", "a.txt", *KEY, "--with", "a.txt.decisions.json")
    assert (same.returncode, same.stdout) == (0, b"")
    assert run("decisions", "compare", "a.txt", *KEY, "--with", "a.txt").returncode == 2


def test_an_approver_changes_nothing_on_the_page_and_approves_at_its_end(tmp_path: Path) -> None:
    reviewed(tmp_path)
    for action in ("add", "span", "undo", "redo", "policy"):
        with pytest.raises(RedactorError, match="changes no decision"):
            check_role("approve", action, {})
        check_role("review", action, {})
    desk = desk_for(tmp_path, "乙", "approve")
    with served(desk) as server:
        _, headers, _ = ask(server, f"/?token={server.gate.token}")
        cookie = {"Cookie": headers["set-cookie"].partition(";")[0]}
        secret = ask(server, headers=cookie)[2].partition('name="csrf" content="')[2].partition('"')[0]
        own = cookie | {"Content-Type": "application/json", PROOF: secret}
        [first, *_] = desk.review(0).page.items
        body = {"doc": 0, "version": 0, "items": [first], "action": "mask", "scope": "value"}
        assert ask(server, "/api/decide", "POST", own, json.dumps(body))[0] == 422
    points, _ = desk.check(0)
    assert [point.id for point in points if point.items] == ["kept", points[1].id, "sample"]
    assert points[1].text == "王建国: masked in one place and kept in another"
    with pytest.raises(RedactorError, match="not finished"):
        desk.finish(0, ["kept"])
    assert finish(desk)["verdict"] == "approved"
    desk.close()
    assert DecisionsFile.read(tmp_path / "a.txt.decisions.json").approved
    assert (tmp_path / "out.txt").read_text("utf-8").count("王建国") == 1


def test_an_approver_sends_back_what_is_left_for_later(tmp_path: Path) -> None:
    reviewed(tmp_path)
    desk = desk_for(tmp_path, "乙", "approve")
    desk.review(0).reason(decide(desk, "13800138000", "later"), "可以留吗")
    done = finish(desk)
    assert (done["verdict"], done["lines"]) == ("returned", ["1 place is sent back"])
    desk.close()
    file = DecisionsFile.read(tmp_path / "a.txt.decisions.json")
    assert [(each.role, each.by, each.reason) for each in file.approvals] == [("return", "乙", "可以留吗")]
    assert not file.approved
    again = desk_for(tmp_path, "甲")
    assert again.review(0).counts["later"] == 1  # the first sees it, with the reason
    again.close()
    # What was decided since it was finished is approved by nobody.
    other = desk_for(tmp_path, "丙", "approve")
    with pytest.raises(RedactorError, match="must be finished again"):
        finish(other)
    other.close()


def test_only_what_is_finished_is_there_to_approve(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    done = run("review", "a.txt", "--role", "approve", "--no-browser")
    assert done.returncode == 2
    assert "there is nothing to approve" in done.stderr.decode()


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen signs, and is not installed")
@pytest.mark.slow
def test_an_approval_is_signed_and_only_allowed_signers_count(run: Run, tmp_path: Path) -> None:
    for name in ("乙", "strange"):
        key = tmp_path / f"{name}.ssh"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"乙 {(tmp_path / '乙.ssh.pub').read_text()}", "utf-8")
    reviewed(tmp_path)
    assert run("review", "a.txt", "--sign", "乙.ssh").returncode == 2
    again = ("clean", "a.txt", "--decisions", "a.txt.decisions.json", "--signers", "allowed", *KEY)
    approve = ("decisions", "approve", "a.txt", "-o", "out.txt", "--by", "乙", *KEY)
    for key, code in (((), 2), (("--sign", "strange.ssh"), 2), (("--sign", "乙.ssh"), 0)):
        assert run(*approve, *key).returncode == 0
        assert run(*again).returncode == code, key
    path = tmp_path / "a.txt.decisions.json"
    verify = ("verify", "a.txt", "out.txt", "--decisions", path, *KEY, "--signers", "allowed")
    assert run(*verify).returncode == 0
    desk = desk_for(tmp_path, "乙", "approve", sign=tmp_path / "乙.ssh")
    assert desk.session()["signs"]
    assert finish(desk)["verdict"] == "approved"
    desk.close()
    assert run(*verify).returncode == 0
    file = DecisionsFile.read(path)
    [approval] = file.approvals
    replace(file, approvals=(replace(approval, by="丙"),)).write(path)  # another name than the key's
    assert run(*verify).returncode == 2
    assert run(*approve, "--sign", "none.ssh").returncode == 2


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen signs, and is not installed")
@pytest.mark.slow
def test_the_end_of_a_log_is_signed(run: Run, tmp_path: Path) -> None:
    key = tmp_path / "key.ssh"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], check=True)
    (tmp_path / "allowed").write_text(f"desk {key.with_suffix('.ssh.pub').read_text()}", "utf-8")
    log = Audit(tmp_path / "log.jsonl", by="甲")
    for _ in range(3):
        log.add("open", "ab" * 32)
    log.close()
    assert run("audit", "sign", "log.jsonl", "--key", "key.ssh", "-o", "end").returncode == 0
    verify = ("audit", "verify", "log.jsonl", "--signed", "end", "--signers", "allowed", "--by")
    assert [run(*verify, name).returncode for name in ("desk", "other")] == [0, 1]
    whole = (tmp_path / "log.jsonl").read_bytes()
    (tmp_path / "log.jsonl").write_bytes(whole[: whole.index(b"\n") + 1])
    assert run("audit", "verify", "log.jsonl").returncode == 0
    assert run(*verify, "desk").returncode == 1
    signed = (tmp_path / "end").read_text().replace("redactor audit 3", "redactor audit 1")
    (tmp_path / "end").write_text(signed)
    assert run(*verify, "desk").returncode == 1
    assert run("audit", "verify", "log.jsonl", "--signed", "end").returncode == 2
