"""What lives here? Filters for templates."""
