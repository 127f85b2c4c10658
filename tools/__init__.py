"""Chores for developers: vendored files, the map, migrations."""
