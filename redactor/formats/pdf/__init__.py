"""PDF: read for its text, and written with the text truly gone."""

from redactor.formats.pdf.redact import redact

__all__ = ["redact"]
