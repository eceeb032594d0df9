"""Promotional and site boilerplate: its rules, and the detector that finds it."""

from redactor.detect.boilerplate.detector import BoilerplateDetector, compile_boilerplate
from redactor.detect.boilerplate.rules import CUE_KEYS, KEYS, BoilerplateRule, parse_boilerplate

__all__ = ["CUE_KEYS", "KEYS", "BoilerplateDetector", "BoilerplateRule", "compile_boilerplate", "parse_boilerplate"]
