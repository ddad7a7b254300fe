"""What lives here? The administration's pages about what everybody stands on: the audit."""
