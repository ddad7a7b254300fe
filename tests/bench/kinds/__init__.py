"""Which kinds of jobs does the benchmark run?  An app that only its own settings install."""
