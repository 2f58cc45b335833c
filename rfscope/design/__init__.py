"""Searches over schedules: what to write instead, and what reaches a wished field."""
