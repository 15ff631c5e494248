"""Experiments: what there are, what they say by now, and whether it may be believed."""
