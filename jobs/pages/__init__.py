"""What lives here? What staff see of jobs in the administration: the live table, a job's page, forms to begin one, the schedule."""
