from tandem.usagers.tests.cast import rose  # noqa: F401 - a fixture
