"""Fetching the HVSC: its door is `fetching.fetch`, the work of the job kind of that name."""
