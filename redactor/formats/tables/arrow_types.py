"""What the types of Arrow are to us: texts, lists, numbers, what is not looked into."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
from pyarrow import types

LISTS: Final = (
    (types.is_list, pa.list_),
    (types.is_large_list, pa.large_list),
    (types.is_list_view, pa.list_view),
    (types.is_large_list_view, pa.large_list_view),
)


def is_list(kind: Any) -> bool:
    """Whether a type holds values of one kind, as many as a row wants."""
    return any(is_kind(kind) for is_kind, _ in LISTS)


def offset_type(kind: Any) -> Any:
    """What a list counts its values by."""
    return pa.int32() if types.is_list(kind) or types.is_list_view(kind) else pa.int64()


def is_text(kind: Any) -> bool:
    """Whether values are texts."""
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def is_opaque(kind: Any) -> bool:
    """Whether values may hold text that is not looked into."""
    if types.is_dictionary(kind):
        return not is_text(kind.value_type) and (is_opaque(kind.value_type) or types.is_nested(kind.value_type))
    return bool(
        types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_binary_view(kind)
        or types.is_fixed_size_binary(kind)
        or types.is_union(kind)
    )


def holds_text(kind: Any) -> bool:
    """Whether values are texts, or are kept in a dictionary of texts."""
    return is_text(kind.value_type if types.is_dictionary(kind) else kind)


def is_number(kind: Any) -> bool:
    """Whether values are numbers."""
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def plain_kind(kind: Any) -> str:
    """What a type is called in a report, without the names in it."""
    return "union" if types.is_union(kind) else "dictionary" if types.is_dictionary(kind) else "binary"
