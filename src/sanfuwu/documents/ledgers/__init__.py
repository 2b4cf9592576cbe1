"""The four ledgers as files: which columns, from which records, written as .xlsx or .csv in constant memory."""
