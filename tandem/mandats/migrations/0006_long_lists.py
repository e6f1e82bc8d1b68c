from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mandats", "0005_paper_and_practice"),
        ("structures", "0002_practice"),
        ("usagers", "0004_merged_into"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="mandat",
            index=models.Index(
                fields=["structure", "-signed_at", "-id"], name="mandat_structure_signed"
            ),
        ),
    ]
