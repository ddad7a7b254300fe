"""What lives here? The administration's own pages about music: the collections, and playing with what staff also need."""
