import os

from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created

from config.waiting import never_long

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
connection_created.connect(never_long, dispatch_uid="config.waiting")
