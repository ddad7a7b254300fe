"""Which pages about music does the administration have?"""

from core.staff_frame import Address, StaffPage, register
from playback.staff import caches, collections, play, rendering

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
register(StaffPage("Render", 22, [Address("render/", rendering.render, "staff-render")]))
register(
    StaffPage(
        "Caches",
        24,
        [
            Address("caches/", caches.caches, "staff-caches"),
            Address("caches/remove/", caches.remove, "staff-caches-remove"),
            Address("caches/stale/", caches.remove_stale, "staff-caches-stale"),
            Address("caches/evict/", caches.evict, "staff-caches-evict"),
            Address("caches/warm-up/", caches.warm_up, "staff-caches-warm-up"),
            Address("caches/engines/", caches.choose_engines, "staff-caches-engines"),
        ],
    )
)
