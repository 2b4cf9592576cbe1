"""Measured figures beside raw PostgreSQL: `python -m benchmarks [p1 p2 p8]`. See README.md here."""
