"""How do programs ask for music?  The JSON endpoints of this app."""
