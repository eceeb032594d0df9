"""Mail and saved pages of its kind: parts found by source offsets, headers and bodies edited where they stand."""
