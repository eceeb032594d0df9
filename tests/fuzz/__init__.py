"""Fuzzing: readers, rule files, policies and the engine, run on what nobody would write, to find what nobody has thought of.

`python -m tests.fuzz --help`. A target (targets.py) takes bytes and says how far it came; a mutator makes new bytes of old ones, for
packages, PDFs and mails by their structure, so that most come past the first checks. The loop (loop.py) is guided by coverage where
atheris is installed, and by what came of each input where it is not.
"""
