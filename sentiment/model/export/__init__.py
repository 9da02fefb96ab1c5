"""Models in the form that serves fast: the manifest, the graph, writing, agreement, the cache."""
