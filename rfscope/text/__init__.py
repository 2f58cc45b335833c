"""What people and scripts read: JSON, words, tables, terminal maps. Functions return text; none prints."""
