"""The organisations that help, and who acts for them.

Words: Structure, Affectation, Acteur, charter acceptance, access decorators.
"""
