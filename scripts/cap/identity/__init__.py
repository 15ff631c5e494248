"""`cap identity`: weights learned without labels, resolution scored against truth, a pair explained."""
