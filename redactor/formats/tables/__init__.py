"""CSV, JSON, JSON Lines, Parquet and Arrow: cells and fields, edited where they stand."""
