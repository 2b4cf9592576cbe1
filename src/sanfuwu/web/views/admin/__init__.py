"""Pages of the administration, one module a section."""
