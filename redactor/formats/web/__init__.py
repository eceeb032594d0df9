"""HTML and XML: found by source offsets, spliced where something was found."""
