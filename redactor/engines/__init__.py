"""A run over files on an engine for collections: inputs cut into parts, parts done by workers anywhere, nothing lost or doubled."""
