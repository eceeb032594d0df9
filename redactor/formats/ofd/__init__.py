"""OFD, the Chinese format of fixed layout (GB/T 33190-2016): a package of XML parts, redacted within its text objects."""
