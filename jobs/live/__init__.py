"""What lives here? What is new about jobs, told while it happens: one look at the database for all who watch in a process."""
