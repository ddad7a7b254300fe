"""How do tunes become audio files? The render matrix, the files and their rows, and what is kept of them."""
