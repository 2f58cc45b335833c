"""The table is run by hand: its child, which brings in what public repositories need, is no place to look for tests."""

collect_ignore = ["child.py"]
