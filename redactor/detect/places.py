"""Short forms of place names (青山县 → 青山), after the levels of GB/T 2260 and the autonomous areas' full names."""

from __future__ import annotations


def short_forms(place: str) -> tuple[str, ...]:
    """The names without their class word, two characters or longer."""
    for suffix in ("特别行政区", "自治区", "自治州", "自治县", "自治旗", "街道", "地区", "林区", *"省市县区镇乡村旗盟州"):
        if place.endswith(suffix) and len(place) - len(suffix) >= 2:
            return (place[: -len(suffix)],)
    return ()
