from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mandats", "0003_death_ends"),
        ("structures", "0001_initial"),
        ("usagers", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="mandat",
            name="mandat_consent_is_known",
        ),
        migrations.AlterField(
            model_name="mandat",
            name="consent_method",
            field=models.CharField(
                choices=[
                    ("franceconnect", "FranceConnect, face à face"),
                    ("code", "code envoyé sur un moyen de contact prouvé"),
                    ("paper", "signé à la main, sur papier"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="mandat",
            constraint=models.CheckConstraint(
                condition=models.Q(("consent_method__in", ["franceconnect", "code", "paper"])),
                name="mandat_consent_is_known",
            ),
        ),
    ]
