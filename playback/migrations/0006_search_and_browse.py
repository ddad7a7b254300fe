"""Where do the search and the lists of folders and authors have their rows?"""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def make_index(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The rows come with `manage.py rebuild_search`, which the site's start runs where there is none."""
    if schema_editor.connection.vendor == "postgresql":
        # Ids without a foreign key: a table that another refers to could not be truncated.
        schema_editor.execute(
            "CREATE TABLE playback_search (album_id bigint PRIMARY KEY, document tsvector NOT NULL)"
        )
        schema_editor.execute(
            "CREATE INDEX playback_search_document ON playback_search USING gin (document) WITH (fastupdate = off)"
        )
        for column in ("path", "parent"):
            schema_editor.execute(
                f'ALTER TABLE playback_folder ALTER COLUMN {column} TYPE varchar(1024) COLLATE "C"'
            )
    else:
        schema_editor.execute(
            "CREATE VIRTUAL TABLE playback_search USING fts5"
            "(whole, names, rest, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3', detail = column, columnsize = 0)"
        )


def drop_index(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("DROP TABLE playback_search")


class Migration(migrations.Migration):
    dependencies = [
        ("playback", "0005_catalogue_at_size"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(max_length=40, unique=True)),
            ],
        ),
        migrations.AddField(
            model_name="artist",
            name="tunes",
            field=models.PositiveIntegerField(
                default=0, help_text="How many are there now; `counting` keeps it."
            ),
        ),
        migrations.CreateModel(
            name="SearchVariant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("variant", models.CharField(db_index=True, max_length=40)),
                (
                    "word",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="variants",
                        to="playback.searchword",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Folder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        help_text="Below the root, without a slash at its end.", max_length=1024
                    ),
                ),
                (
                    "parent",
                    models.CharField(blank=True, help_text="Its path; empty: the root.", max_length=1024),
                ),
                ("tunes", models.PositiveIntegerField(help_text="In it and in all folders below it.")),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="folders",
                        to="playback.collection",
                    ),
                ),
            ],
            options={
                "ordering": ["collection_id", "path"],
                "indexes": [models.Index(fields=["collection", "parent", "path"], name="folder_parent")],
                "constraints": [
                    models.UniqueConstraint(fields=("collection", "path"), name="folder_path_once"),
                    models.CheckConstraint(
                        condition=models.Q(("path", ""), _negated=True), name="folder_has_path"
                    ),
                ],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
