"""Promotional and site boilerplate, found by structure, by cues and by a learned second voter."""

from redactor.detect.boilerplate.detector import BoilerplateDetector, compile_boilerplate

__all__ = ["BoilerplateDetector", "compile_boilerplate"]
