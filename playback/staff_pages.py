"""Which pages about music does the administration have?"""

from core.staff_frame import Address, StaffPage, register
from playback.staff import collections, play

register(StaffPage("Play", 5, [Address("play/", play.play, "staff-play")]))
register(
    StaffPage(
        "Collections",
        20,
        [
            Address("collections/", collections.collections, "staff-collections"),
            Address("collections/<int:pk>/import/", collections.import_again, "staff-collection-import"),
            Address(
                "collections/<int:pk>/classify/", collections.classify_again, "staff-collection-classify"
            ),
        ],
    )
)
