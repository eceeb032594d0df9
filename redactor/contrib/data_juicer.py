"""An operator of Data-Juicer (https://github.com/datajuicer/data-juicer): `redactor_mapper`, for recipes and pipelines.

Importing this module registers it; in a recipe, `custom_operator_paths` names this file.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from data_juicer.ops.base_op import OPERATORS, Mapper
from data_juicer.utils.constant import Fields

from redactor.model import Edit, Result
from redactor.redactor import Redactor
from redactor.ruleset.cache import cache_folder
from redactor.settings import Settings

NAME: Final = "redactor_mapper"


@OPERATORS.register_module(NAME)
class RedactorMapper(Mapper):
    """Redacts the texts of samples; how often each rule was met in one is its `redactor_rules`, as JSON, beside Data-Juicer's own metadata.

    `policy`: name or file. `settings`: all else, in place of it. The key of a policy that needs one is taken from the environment of
    the worker (REDACTOR_KEY). A text that can't be redacted is empty then, and the reason is its `redactor_error`, else empty: no error is raised,
    for by default Data-Juicer leaves out the whole batch of a sample that raises one.
    """

    _batched_op = True

    def __init__(self, policy: str = "publish", settings: Settings | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settings = settings or Redactor(policy).settings
        self._redactor: Redactor | None = None

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_redactor": None}

    def process_batched(self, samples: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """The samples of a batch, as columns, in order."""
        if self._redactor is None:
            key = os.environ.get("REDACTOR_KEY")
            self._redactor = self.settings.redactor(
                None if key is None else key.encode(), cache=cache_folder(os.environ)
            )
        texts = samples[self.text_key]
        done = list(self._redactor.redact_many((text or "" for text in texts), errors="return"))
        good = [result if isinstance(result, Result) else None for result in done]
        samples[self.text_key] = [
            None if text is None else result.text if result else "" for text, result in zip(texts, good, strict=True)
        ]
        meta = samples.get(Fields.meta) or [{} for _ in done]
        samples[Fields.meta] = [
            {
                **(own or {}),
                "redactor_rules": _counted(result.edits if result else ()),
                "redactor_error": "" if result else str(error),
            }
            for own, result, error in zip(meta, good, done, strict=True)
        ]
        return samples


def _counted(edits: Iterable[Edit]) -> str:
    """A text, whatever it counts: the type of a column is taken from its first rows, and what is empty there has none."""
    return json.dumps(Counter(edit.rule for edit in edits), sort_keys=True)
