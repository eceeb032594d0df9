"""Elements and attributes of HTML by what they mean for reading a page (HTML standard, sections 4, 13.1 and 15)."""

from __future__ import annotations

from typing import Final

# fmt: off
BLOCK: Final = frozenset(
    [
        "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "col", "colgroup", "dd",
        "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset",
        "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "iframe", "legend", "li",
        "listing", "main", "menu", "nav", "noscript", "object", "ol", "optgroup", "option", "p", "plaintext", "pre",
        "search", "section", "select", "summary", "table", "tbody", "template", "textarea", "tfoot", "thead", "title",
        "tr", "ul", "video", "audio", "canvas", "svg", "math", "desc", "foreignobject", "text", "xmp", "marquee",
        "frame", "input",
    ]
)
VOID: Final = frozenset(
    [
        "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
        "meta", "param", "source", "track", "wbr",
    ]
)
CONTENT: Final = frozenset(
    [
        "area", "audio", "base", "button", "canvas", "embed", "frame", "frameset", "hr", "iframe", "img", "input",
        "link", "math", "meta", "meter", "noscript", "object", "picture", "progress", "script", "select", "source",
        "style", "svg", "template", "textarea", "title", "track", "video",
    ]
)
# fmt: on
"""Elements that are something even without text: what holds them is not empty."""
KEPT: Final = frozenset(("html", "head", "body", "td", "th", "caption")) | CONTENT
"""Elements that stay when their text is gone."""
CELL: Final = frozenset(("td", "th"))
PREFORMATTED: Final = frozenset(("pre", "listing", "xmp", "plaintext"))
# fmt: off
BARRIERS: Final = frozenset(
    [
        "td", "th", "caption", "table", "template", "object", "html", "foreignobject", "marquee",
    ]
)
TABLE: Final = frozenset(
    [
        "table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "template", "html", "body",
    ]
)
OPTIONAL_END: Final = frozenset(
    [
        "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "rt", "rp", "rb",
        "rtc",
    ]
)
CLOSES_P: Final = BLOCK - frozenset(
    [
        "button", "input", "select", "option", "optgroup", "svg", "math", "text", "desc", "col", "iframe", "object",
        "canvas", "audio", "video",
    ]
)
# fmt: on
CLOSES: Final = {
    "li": frozenset(("li",)),
    "dt": frozenset(("dt", "dd")),
    "dd": frozenset(("dt", "dd")),
    "option": frozenset(("option",)),
    "tr": frozenset(("tr", "td", "th")),
    "td": frozenset(("td", "th")),
    "th": frozenset(("td", "th")),
    "rt": frozenset(("rt", "rp")),
    "rp": frozenset(("rt", "rp")),
}
# fmt: off
LISTS: Final = frozenset(
    [
        "ul", "ol", "menu", "dir", "dl", "select", "table", "template", "ruby",
    ]
)
# fmt: on
ASIDE: Final = frozenset(("rt", "rp"))
"""Inline elements whose text does not stand in the line: readings of the characters beside them."""
# Elements of HTML that end foreign content (13.2.6.5 of the standard).
# fmt: off
BREAKOUT: Final = frozenset(
    [
        "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "h1", "h2",
        "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p", "pre",
        "ruby", "s", "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var",
    ]
)
# fmt: on
INTEGRATION: Final = frozenset(("foreignobject", "desc", "title", "annotation-xml"))
# fmt: off
NUMERIC_ATTRIBUTES: Final = frozenset(
    [
        "width", "height", "border", "cellpadding", "cellspacing", "colspan", "rowspan", "size", "sizes", "tabindex",
        "maxlength", "minlength", "rows", "cols", "span", "hspace", "vspace", "x", "y", "x1", "x2", "y1", "y2", "cx",
        "cy", "r", "rx", "ry", "d", "points", "viewbox", "transform", "offset", "opacity", "stroke-width", "font-size",
        "gradienttransform", "coords", "media",
    ]
)
AUTHORS: Final = frozenset(
    [
        "author", "og:author", "article:author", "dc.creator", "dcterms.creator", "creator", "editor", "twitter:creator",
    ]
)
# fmt: on
