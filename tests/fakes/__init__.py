"""Small stand-ins for the machines of others, which speak the real protocols."""
