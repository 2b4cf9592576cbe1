"""Meetings of government and enterprises (政企对接会)."""
