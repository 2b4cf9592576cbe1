"""Visits to enterprises and villages (走访)."""
