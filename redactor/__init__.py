"""Redact and anonymize Chinese text by rule files."""
