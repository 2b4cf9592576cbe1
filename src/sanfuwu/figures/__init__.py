"""Numbers that are counts of records, each with the list behind it."""
