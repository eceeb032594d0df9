"""What can be put back: labels in place of values, the vault that keeps the values, and the way back. Text and bytes, no files."""
