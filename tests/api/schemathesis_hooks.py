"""Which requests of schemathesis never reach the site?  Loaded by its command, see test_schemathesis."""

from typing import Any
from urllib.parse import quote

import schemathesis

# Daphne hangs up on a request line of more than 16 KiB, as proxies in front do earlier.
LONGEST = 8000


@schemathesis.hook
def filter_case(_context: Any, case: Any) -> bool:
    """Addresses of a length that HTTP servers read."""
    values = [*(case.path_parameters or {}).values(), *(case.query or {}).values()]
    return sum(len(quote(str(value))) for value in values) < LONGEST
