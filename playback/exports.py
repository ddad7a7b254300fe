"""Which of the music's rows go to `classified/`, `roms/` and `availability/`, so that they can be made again of nothing else?

Not in them, because it follows from the rest: folders, authors' and folders' counts, the search's index.  Not in them, because
it is about one machine's disk: when it last changed a file (the next import reads all files once).
"""

from core.exporting import JsonLines, register
from playback.exporting import (
    auto_tags,
    collections,
    features,
    folder_notes,
    recipes,
    rom_bundles,
    tune_loading,
    tunes,
)
from playback.exporting.rendered_files import RenderedFiles

register(
    JsonLines(
        "classified/collections.jsonl",
        kind=collections.CollectionLine,
        documents=collections.documents,
        count=collections.count,
        loader=collections.CollectionLoader,
    )
)
register(
    JsonLines(
        "classified/tunes.jsonl",
        kind=tunes.TuneLine,
        documents=tunes.documents,
        count=tunes.count,
        loader=tune_loading.TuneLoader,
    )
)
register(
    JsonLines(
        "classified/folder-notes.jsonl",
        kind=folder_notes.FolderNoteLine,
        documents=folder_notes.documents,
        count=folder_notes.count,
        loader=folder_notes.FolderNoteLoader,
    )
)
register(
    JsonLines(
        "roms/bundles.jsonl",
        kind=rom_bundles.RomBundleLine,
        documents=rom_bundles.documents,
        count=rom_bundles.count,
        loader=rom_bundles.RomBundleLoader,
    )
)
register(
    JsonLines(
        "classified/recipes.jsonl",
        kind=recipes.RecipeLine,
        documents=recipes.documents,
        count=recipes.count,
        loader=recipes.RecipeLoader,
    )
)
register(
    JsonLines(
        "classified/features.jsonl",
        kind=features.FeaturesLine,
        documents=features.documents,
        count=features.count,
        loader=features.FeaturesLoader,
    )
)
register(
    JsonLines(
        "classified/auto-tags.jsonl",
        kind=auto_tags.AutoTagsLine,
        documents=auto_tags.documents,
        count=auto_tags.count,
        loader=auto_tags.AutoTagsLoader,
    )
)
register(RenderedFiles())
