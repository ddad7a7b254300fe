"""Which pages about jobs does the administration have?"""

from core.staff_frame import Address, StaffPage, register
from jobs.pages import jobs, schedule

register(
    StaffPage(
        "Jobs",
        10,
        [
            Address("jobs/", jobs.jobs, "staff-jobs"),
            Address("jobs/<int:pk>/", jobs.job, "staff-job"),
            Address("jobs/<int:pk>/again/", jobs.retry_job, "staff-job-again"),
            Address("jobs/<int:pk>/<slug:verb>/", jobs.act_on_job, "staff-job-act"),
            Address("jobs/begin/<slug:kind>/", jobs.begin_job, "staff-job-begin"),
        ],
    )
)
register(
    StaffPage(
        "Schedule",
        30,
        [
            Address("schedule/", schedule.schedule, "staff-schedule"),
            Address("schedule/<int:pk>/switch/", schedule.switch, "staff-schedule-switch"),
            Address("schedule/<int:pk>/now/", schedule.begin_now, "staff-schedule-now"),
        ],
    )
)
