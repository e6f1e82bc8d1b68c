from tandem.structures.tests.cast import catalogue  # noqa: F401 - fixture
