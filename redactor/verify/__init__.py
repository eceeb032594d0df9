"""The last check: finished outputs are read by readers that have not written them, and searched for what was masked."""
