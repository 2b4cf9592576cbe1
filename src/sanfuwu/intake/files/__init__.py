"""What a file is, whether it may be opened, and its rows: .xlsx, .xls and .csv look alike from here on."""

from .book import Book, Sheet, open_book
from .guard import MOST_BYTES, BadFile, Looked

__all__ = ["MOST_BYTES", "BadFile", "Book", "Looked", "Sheet", "open_book"]
