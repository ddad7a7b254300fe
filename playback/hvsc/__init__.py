"""What do the HVSC's own documents say about its tunes? Pure parsers: text in, dataclasses out; no Django, no files."""
