"""Questions about a collection: asked by residents, answered by its owner, read by everybody."""
