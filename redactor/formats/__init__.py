"""Document formats, one module each: edges over the one core. They yield texts and write edits back; nothing else changes."""
