"""How do tests come by tunes that nobody has? A 6502 assembler, a SID file builder, and the tunes made with them."""
