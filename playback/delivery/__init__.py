"""How does music reach a browser?  Sessions, bytes and ranges."""
