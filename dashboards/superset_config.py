"""What `make bi` changes of Superset's own settings. Superset reads it (SUPERSET_CONFIG_PATH); nothing else does.

https://superset.apache.org/docs/configuration/configuring-superset
"""

import os
from pathlib import Path

HOME = Path(os.environ["REVFUNNEL_SUPERSET_HOME"])

SECRET_KEY = (HOME / "secret_key").read_text()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}?check_same_thread=false"

# DuckDB is refused by default, as a database that can reach the server's files. Ours is opened read-only and locked.
PREVENT_UNSAFE_DB_CONNECTIONS = False

# Every chart asks the file itself: it is replaced after every run, and answers in milliseconds.
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
SQLLAB_CTAS_NO_LIMIT = False

# One process on loopback: limits per client are kept in its memory. Pages are plain HTTP.
RATELIMIT_STORAGE_URI = "memory://"
TALISMAN_ENABLED = False
SESSION_COOKIE_SAMESITE = "Lax"

APP_NAME = "revfunnel"
