"""Whether an entry's line is in the file; of those that there are, it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_sign_in_locks"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="in_file",
            field=models.BooleanField(default=True, editable=False, help_text="Its line is written."),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="in_file",
            field=models.BooleanField(default=False, editable=False, help_text="Its line is written."),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("in_file", False)), fields=["id"], name="audit_not_in_file"
            ),
        ),
    ]
