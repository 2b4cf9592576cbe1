"""Login accounts, shared by all counties, and the post a session acts in."""
