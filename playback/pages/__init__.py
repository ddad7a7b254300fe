"""Which pages do visitors read?  Each works and can be linked without script; with script the player stays while they change."""
