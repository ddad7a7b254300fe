"""How does the benchmark of jobs run the site?  As it is, with two more kinds of jobs."""

from sidflow_site.settings import *  # noqa: F403
from sidflow_site.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.bench.kinds"]
