"""Maps of real communes, drawn by the server from the committed outlines.

`geometry` decodes and dissolves, `draw` projects and writes paths, `labels` places words: all three pure. `outlines`
reads the files of `static/geo/` and remembers, `sheets` draws a zone, `places` adds what the database knows, `routes`
answers.
"""
