"""What is handed over on paper: a mandat and what happened to it, in words, as a page and as a PDF.

Words: Document, Statement, sheet, receipt, account, paper of the day. Reads the snapshot; writes nothing.
"""
