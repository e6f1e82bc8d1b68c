"""E-mails and SMS: rows written with the act, sent later by the worker.

Words: Message, outbox, lease, backend.
"""
