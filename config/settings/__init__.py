"""Django's settings, one file per topic; the environment is read by config/env.py alone."""

from config.settings.apps import *
from config.settings.database import *
from config.settings.security import *
from config.settings.texts import *
from config.settings.tandem import *
from config.settings.comptes import *
