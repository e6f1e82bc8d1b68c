"""The shell of the house: environment, settings, URLs, servers, command line. Nothing imports it."""
