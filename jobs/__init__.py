"""What will live here? The job mechanism: the Job row, its runner, leases, pause, resume and cancel.

Empty until background jobs arrive. It will never import an app that does work.
"""
