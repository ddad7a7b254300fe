"""What lives here? Songs as audio files: which ways of making them there are, the making, and the rows that say what is there.

`rendering.render` makes files, `assets` finds them; `matrix` says what can be asked for, `job` is the job kind, `storage` the disk.
"""
