"""Units, the tree they stand in, who serves where, and who may act."""
