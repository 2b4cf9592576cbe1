"""Sanfuwu (三服务): one closed loop from a problem found to a problem struck off."""

__version__ = "0.1.0"
