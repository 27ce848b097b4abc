"""The platform on one machine without Docker; `make run` is `python -m deploy.local run`."""
