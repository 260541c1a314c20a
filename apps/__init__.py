"""The programs under test: an account producer, and sinks that keep balances in a database.

Each is a process, run by scenarios and by hand: ``python -m apps.tables``, ``apps.producer``,
``apps.sink`` and ``apps.check``.  They show two ways to keep a table in step with a topic, what
breaks them, and what mends them.  They know nothing of the suite but how a history is written.
"""
