"""What is measured of a song? The list (`specs.FEATURES`) and, a module a group, how each figure comes about. Pure: bytes and arrays."""
