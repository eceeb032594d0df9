"""The `redactor` command: subcommands are imported when they are called, so that `--help` is quick."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from contextlib import suppress
from gettext import gettext
from typing import NoReturn

import click

from redactor import __version__
from redactor.cli.exit_codes import Exit
from redactor.cli.help import Group
from redactor.cli.notes import links_in_a_circle, note, refused
from redactor.language import later, say, use, wanted

# The matrices are small: more threads than one cost more than they bring, and jobs are processes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_COMMANDS = {
    "clean": ("redactor.cli.clean:clean", later("Redact files, folders or standard input.")),
    "review": (
        "redactor.cli.review:review",
        later("Decide in the browser what goes and what stays; write the result."),
    ),
    "decisions": (
        "redactor.cli.decisions:decisions",
        later("Save what was decided in reviews; export it as lists, rule drafts, annotated texts."),
    ),
    "restore": ("redactor.cli.restore:restore", later("Put back what the labels of a document stand for.")),
    "vault": ("redactor.cli.vault:vault", later("Make keys for vaults, list, merge and destroy vaults.")),
    "scan": ("redactor.cli.scan:scan", later("Show what would be redacted, and why; change nothing.")),
    "verify": (
        "redactor.cli.verify:verify",
        later("Check an output against its original: nothing masked is left, nothing else has changed."),
    ),
    "init": ("redactor.cli.init:init", later("Begin a project's settings, redactor.toml.")),
    "eval": (
        "redactor.cli.eval:evaluate",
        later("Score the findings on annotated texts: precision, recall, F1, cover."),
    ),
    "learn": (
        "redactor.cli.learn:learn",
        later("Find lines that repeat over a collection; write rules to be reviewed."),
    ),
    "compare": ("redactor.cli.compare:compare", later("Show how two runs differ, rule by rule.")),
    "sample": ("redactor.cli.sample:sample", later("Show some edits of each rule, to look at.")),
    "formats": (
        "redactor.cli.formats:formats",
        later("List the formats of documents: what is seen of each, and what is not."),
    ),
    "rules": ("redactor.cli.rules:rules", later("List, show, test, check and try rules; begin a rule file.")),
    "audit": ("redactor.cli.audit:audit", later("Check the audit log of reviews.")),
    "policies": ("redactor.cli.policies:policies", later("List and show policies.")),
}


class LazyGroup(Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, say(text)) for name, (_, text) in _COMMANDS.items()])


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"redactor {__version__}")
        ctx.exit()


@click.group(cls=LazyGroup, codes=True)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error (never the text).")
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:
    """Redact and anonymize Chinese documents by rule files.

    What is worked out from rules is kept for the next start in the folder REDACTOR_CACHE, or else in redactor among the user's
    caches; REDACTOR_CACHE=off keeps nothing.
    """
    ctx.obj = {"debug": debug}


def main() -> None:
    """Run the command; every error is one line on standard error and exit code 2."""
    sys.unraisablehook = _unraisable
    # Modules and rules are many objects that stay: looking through them for garbage again and again would cost more than it frees.
    gc.set_threshold(50_000, 20, 100)
    from redactor.model import RedactorError

    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # end as other filters do when the reader has gone
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, _terminated)
    use(wanted(os.environ))
    code: object = Exit.ERROR
    try:
        done = cli.main(prog_name="redactor", standalone_mode=False)
        sys.stdout.flush()
        code = done
    except click.exceptions.Abort:
        _tell(say("interrupted"))
        code = Exit.INTERRUPTED
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
    except RedactorError as error:
        _tell(str(error))
    except OSError as error:
        _tell(refused(error))
    except ImportError as error:
        _tell(say("a part of the program can't be loaded: {part}", part=error.name or error))
    except MemoryError:
        _tell(say("needs more memory than there is"))
    except Exception as error:
        if looped := links_in_a_circle(error):
            _tell(refused(looped))
            _end(Exit.ERROR)
        if "--debug" in sys.argv:
            raise
        _tell(say("unexpected {error}; run with --debug for where it happened", error=type(error).__name__))
    _end(code if isinstance(code, int) else 0)


def _tell(message: str) -> None:
    """Say what went wrong, in one line; where that can't be said either, the exit code does."""
    with suppress(OSError):
        note(message)


def _end(code: int) -> NoReturn:
    """End with this exit code; what could not be written to standard output is not tried once more, which would change it."""
    try:
        sys.stdout.flush()
    except OSError:
        from redactor.files.inputs import give_up_output

        give_up_output()
    sys.exit(code)


def _unraisable(told: sys.UnraisableHookArgs) -> None:
    """What goes wrong where nobody can be told, as when a file is closed that nobody has: what is written is checked before."""
    if "--debug" in sys.argv:
        sys.__unraisablehook__(told)


def _terminated(*_: object) -> None:
    """End in order, which a second signal must not break off."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(Exit.TERMINATED)
