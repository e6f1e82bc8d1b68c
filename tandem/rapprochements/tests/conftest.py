from tandem.usagers.tests.cast import gesture, rose  # noqa: F401 - fixtures
