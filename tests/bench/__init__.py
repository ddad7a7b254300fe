"""How fast is it? `make bench` prints one line per figure; nothing in here asserts."""
