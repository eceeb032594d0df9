"""Lines counted over a collection, in DuckDB: on the disk beyond a bound of memory, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Final, Self

import numpy as np

from redactor.learning.lines import BEGINNING, LINE, Row
from redactor.model import RedactorError

LEAST_DOCUMENTS: Final = 5
"""A line in fewer documents repeats by chance."""
SMALLEST_GROUP: Final = 20
"""A group of fewer documents is none: all such are counted as one, SMALL."""
SMALL: Final = -1
_MEMORY: Final = "160MB"
_BATCH: Final = 500_000
_RARE: Final = 20
"""A line in so many documents of a group tells copies of a document by, whatever the share that is asked for."""
_ALIKE: Final = 0.6
"""The share of what a document alone says that an earlier one says as well, from which on it is a copy of that one."""
_PASSES: Final = 8
"""Hashes are counted in so many portions, one after the other."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A line, or the beginning of lines, that is in many documents of a group.

    `late`: the share of these in which it stands in the second half. `examples`: numbers of some of these documents. `elsewhere`: in how
    many documents of other groups it is, by the number of the group.
    """

    hashed: int
    kind: int
    group: int
    documents: int
    late: float
    examples: tuple[int, ...]
    elsewhere: Mapping[int, int]


class Counts:
    """Takes documents one after the other; then tells what repeats. As a context, it removes its files at the end."""

    def __init__(self) -> None:
        try:
            import duckdb
        except ImportError:
            raise RedactorError('needs the package duckdb: pip install "redactor-zh[learn]"') from None
        self._folder = TemporaryDirectory(prefix="redactor-learn-")
        self._base = duckdb.connect(
            f"{self._folder.name}/lines.duckdb",
            config={"memory_limit": _MEMORY, "threads": 1, "temp_directory": self._folder.name},
        )
        self._base.execute(
            "create table line (grp integer, doc integer, hash bigint, kind tinyint, late tinyint, size smallint)"
        )
        self._base.execute("create table document (grp integer, doc integer)")
        self.sizes: dict[int, int] = {}
        """How many documents there are of each group, copies aside; of small groups together, under SMALL. Known when `repeated` was asked."""
        self._documents = 0
        self._owners: list[tuple[int, int, int]] = []
        self._held: list[Row] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()
        self._folder.cleanup()

    def add(self, group: int, rows: Iterable[Row]) -> None:
        """One more document, of the group of that number; the first of a group comes when all of smaller numbers are known."""
        before = len(self._held)
        self._held += rows
        self._owners.append((group, self._documents, len(self._held) - before))
        self._documents += 1
        if len(self._held) >= _BATCH:
            self._put()

    def _put(self) -> None:
        if not self._owners:
            return
        group, document, count = np.array(self._owners, np.int32).T
        hashed, kind, late, size = zip(*self._held, strict=True) if self._held else ((), (), (), ())
        # Found by its name by the statement below.
        batch = {
            "grp": np.repeat(group, count),
            "doc": np.repeat(document, count),
            "hash": np.array(hashed, np.int64),
            "kind": np.array(kind, np.int8),
            "late": np.array(late, np.int8),
            "size": np.array(size, np.int16),
        }
        self._base.execute("insert into line select grp, doc, hash, kind, late, size from batch")
        owners = {"grp": group, "doc": document}
        self._base.execute("insert into document select grp, doc from owners")
        batch.clear()
        owners.clear()
        self._held.clear()
        self._owners.clear()

    def repeated(self, least: float) -> list[Repeated]:
        """What is in at least that share of the documents of a group, copies of documents aside, the commonest first.

        Then `sizes` are known.
        """
        self._put()
        self._find_copies(least)
        run = self._base.execute
        run(f"""
            create table member as
            with counted as (
                select grp, count(*) as n from document where doc not in (select doc from copy) group by grp
            )
            select grp, if(n < {SMALLEST_GROUP}, {SMALL}, grp) as owner, n from counted""")
        run("create table size as select owner as grp, sum(n) as n from member group by owner")
        for passed in range(_PASSES):
            run(f"""
                {"create table count as" if not passed else "insert into count"}
                select owner as grp, hash, kind, count(*) as n, avg(late) as late, min(doc) as first,
                       arg_min(doc, abs(doc - {self._documents // 2})) as middle, max(doc) as last
                from line join member using (grp)
                where kind in ({LINE}, {BEGINNING}) and {_portion(passed)} and doc not in (select doc from copy)
                group by all having count(*) >= 2""")
        self.sizes = dict(run("select grp, n from size").fetchall())
        found = run(f"""
            select hash, kind, grp, count.n, late, first, middle, last from count join size using (grp)
            where count.n >= greatest({LEAST_DOCUMENTS}, {least} * size.n) order by count.n desc, first, hash""").fetchall()
        run(f"""
            create table chosen as
            select distinct hash, kind from count join size using (grp)
            where count.n >= greatest({LEAST_DOCUMENTS}, {least} * size.n)""")
        elsewhere: dict[tuple[int, int], dict[int, int]] = {}
        for each, kind, group, count in run(
            "select hash, kind, grp, n from count semi join chosen using (hash, kind)"
        ).fetchall():
            elsewhere.setdefault((each, kind), {})[group] = count
        return [
            Repeated(
                each,
                kind,
                group,
                n,
                late,
                tuple(sorted({*shown})),
                {g: c for g, c in elsewhere[each, kind].items() if g != group},
            )
            for each, kind, group, n, late, *shown in found
        ]

    def _find_copies(self, least: float) -> None:
        """The documents that an earlier one of the group says again, whatever the site has put around them.

        What is rare in the group tells: a document is a copy of the one that was first to have most of it. One that has nothing rare is
        a copy of the first that has all the same lines.
        """
        run = self._base.execute
        run("create table total as select grp, count(*) as n from document group by grp")
        for passed in range(_PASSES):
            run(f"""
                {"create table again as" if not passed else "insert into again"}
                select grp, hash, count(*) as n, min(doc) as first from line
                where kind <> {BEGINNING} and {_portion(passed)} group by all having count(*) >= 2""")
        run(f"""
            create table known as
            select hash, grp, first, again.n <= greatest({_RARE}, 2 * {least} * total.n) as rare
            from again join total using (grp)""")
        run(f"""
            create table own as
            select doc, any_value(grp) as grp, sum(size) as own, bit_xor(hash) as all_lines from line
            where kind <> {BEGINNING} group by doc""")
        run(
            "create table common as select doc, sum(size) as size from line join known using (grp, hash) "
            f"where kind <> {BEGINNING} and not rare group by doc"
        )
        run(f"""
            create table copy as
            with shared as (
                select doc, first, sum(size) as size from line join known using (grp, hash)
                where kind <> {BEGINNING} and rare and doc > first group by doc, first
            ),
            rest as (
                select doc, grp, all_lines, own - coalesce(common.size, 0) as rare from own left join common using (doc)
            )
            select doc from rest join shared using (doc) where rare > 0 group by doc, rare
            having max(shared.size) >= {_ALIKE} * rare
            union all
            select doc from rest where rare = 0
            qualify row_number() over (partition by grp, all_lines order by doc) > 1""")


def _portion(number: int) -> str:
    return f"hash & {_PASSES - 1} = {number}"
