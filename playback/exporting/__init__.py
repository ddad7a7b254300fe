"""What the music's rows look like in files, and how they come back (docs/disaster-recovery.md)."""
