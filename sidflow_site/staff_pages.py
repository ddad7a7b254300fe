"""Which pages of the administration are about the site as a whole?"""

from core.staff_frame import Address, StaffPage, register
from sidflow_site.system_page import system

register(StaffPage("System", 50, [Address("system/", system, "staff-system")]))
