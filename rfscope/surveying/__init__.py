"""Surveys: the same facts of many schedules or networks, as a table that survives the death of whoever makes it."""
