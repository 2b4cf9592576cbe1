"""Work with other systems and ledgers: foreign numbers, workbooks of changes, reports up, hand-overs across."""
