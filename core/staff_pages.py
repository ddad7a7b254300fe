"""Which pages of the administration are about what everybody stands on?"""

from core.pages import audit
from core.staff_frame import Address, StaffPage, register

register(StaffPage("Audit", 40, [Address("audit/", audit.entries, "staff-audit")]))
