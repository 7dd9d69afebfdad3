"""What gunicorn imports."""

import gc

from contest import create_app

app = create_app()

# What stands after the start stays: the collector need not walk all of it again in the middle of somebody's page.
gc.collect()
gc.freeze()
