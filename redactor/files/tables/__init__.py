"""What happened in a run, as tables: its edits, its files, how two runs differ, samples to look at."""
