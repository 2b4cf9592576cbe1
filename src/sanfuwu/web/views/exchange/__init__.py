"""往来: workbooks with other systems, problems to and from other counties."""
