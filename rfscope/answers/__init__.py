"""What Python users hold: analyses, comparisons and findings that print, plot and show themselves in a notebook.

Numbers come from ``rfscope.exact``, words from ``rfscope.text`` and ``rfscope.linting``: what is here only puts them
into the forms that Python asks an object for. It is a layer of its own, above those, so that neither numbers nor words
need know of notebooks.
"""
