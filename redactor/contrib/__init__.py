"""Steps for the pipelines of other projects; each module needs its project, which is imported with it and not before."""
