"""What lives here? The job mechanism: the Job row, who may run it when, its slices, pause, resume, cancel. Never work itself."""
