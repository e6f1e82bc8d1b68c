"""Turns data and a Typst template into a PDF (PDF/A-3a and PDF/UA-1), and text into a QR code.

Words: render_pdf, qr_svg.
"""
