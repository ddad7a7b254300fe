#!/usr/bin/env python3
"""How do I give the site a command?"""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the Django command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sidflow_site.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
