"""French territories of one COG release: communes, EPCI, départements, régions, who borders whom, and their search."""
