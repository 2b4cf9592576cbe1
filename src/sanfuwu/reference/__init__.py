"""What an office sets by itself: time limits, calendar notices, reasons, words, and the county's own data."""
