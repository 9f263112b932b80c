"""Mail: which kinds there are, and how one is asked for. The words are in `templates/email`."""
