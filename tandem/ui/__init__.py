"""How Tandem looks: base page, components, theme, form rendering, error pages.

Words: component (partial with named parameters), theme, person-present mode.
"""
