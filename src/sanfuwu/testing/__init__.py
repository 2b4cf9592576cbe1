"""What tests stand on: a database per test process, copied from a template that is made once.

plugin    loaded by pytest before Django (`-p sanfuwu.testing.plugin`): environment, the `owner` mark
cluster   the server, the template database and its copies
template  `python -m sanfuwu.testing.template`: migrates and seeds a database
fixtures  taken over by the conftest.py at the root
"""
