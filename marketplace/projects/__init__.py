"""Project (lasting: who, where, what) and campaign (one raise of money for it)."""
