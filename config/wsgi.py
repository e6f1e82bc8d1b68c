import os

from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created

from config.admission import Admission
from config.env import read_env
from config.waiting import never_long

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = Admission(get_wsgi_application(), threads=read_env().granian_threads)
connection_created.connect(never_long, dispatch_uid="config.waiting")
