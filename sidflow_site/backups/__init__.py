"""Backups: one file that a site can be made of again, and the way back (docs/disaster-recovery.md)."""
