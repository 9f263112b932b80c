"""People: who they are, how they sign in, and the one role that is granted."""
