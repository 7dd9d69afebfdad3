"""How gunicorn serves: one process with many threads on SQLite, several processes on PostgreSQL."""

import os

_sqlite = not os.environ.get("DATABASE_URL") or os.environ["DATABASE_URL"].startswith("sqlite")

_host = os.environ.get("HOST", "127.0.0.1")
bind = f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT') or '8000'}"
worker_class = "contest.patience.Worker"
workers = 1 if _sqlite else int(os.environ.get("WORKERS") or "3")
threads = 32 if _sqlite else 12
timeout = 120
graceful_timeout = 20
keepalive = 5
accesslog = None
errorlog = "-"
loglevel = "warning"
limit_request_line = 4094
limit_request_fields = 60


def post_worker_init(worker):
    """Start the threads that send mail and run jobs; on PostgreSQL each claims its own."""
    from contest.worker import start_threads

    start_threads(worker.app.wsgi())
