"""派单目录: which unit is responsible for what, where; it proposes, a person decides."""
